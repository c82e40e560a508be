// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/forms/sequence.hpp>

#include "catch.hpp"
#include "codec/round_trip.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace sequence_form_tests {

/// Keeps the first elements only, eight of them unless it is told otherwise.
class Ring {
public:
    using value_type = int;
    Ring() = default;
    explicit Ring(std::size_t limit) : limit_(limit) {}
    [[nodiscard]] auto begin() const { return numbers_.begin(); }
    [[nodiscard]] auto end() const { return numbers_.end(); }
    void clear() { numbers_.clear(); }
    void push_back(int number) {
        if (numbers_.size() < limit_)
            numbers_.push_back(number);
    }

private:
    std::vector<int> numbers_;
    std::size_t limit_ = 8;
};
struct Laps {
    Ring times;
};

} // namespace sequence_form_tests

using namespace sequence_form_tests;

TEST_CASE("A container that drops elements while it is read is refused") {
    Laps laps{Ring(20)};
    for (int i = 0; i < 8; ++i)
        laps.times.push_back(i);
    CHECK(reread<Laps>(text_of(laps)) == R"({"times":[0,1,2,3,4,5,6,7]})");
    laps.times.push_back(8);
    CHECK(text_of(laps) == R"({"times":[0,1,2,3,4,5,6,7,8]})");
    CHECK(reread<Laps>(text_of(laps)) ==
          "$.times: read 9 elements, which the container did not all keep; expected one that keeps "
          "what is added to it");
    CHECK(reread<Laps>(R"({"times":[]})") == R"({"times":[]})");
}
