// SPDX-License-Identifier: MIT
#include <eventsourcing/core/fake_object.hpp>

#include "catch.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace fake_object_test {

struct Event {
    std::string id; // not a literal type
    std::vector<Event> more;
};
class Difficult {
public:
    explicit Difficult(int n) : n_(n) {}
    Difficult(const Difficult&) = delete;
    Difficult& operator=(const Difficult&) = delete;
    virtual ~Difficult() = default;
    [[nodiscard]] virtual int n() const { return n_; }

private:
    int n_;
};
consteval std::string_view family(const auto& /*event*/) {
    return "the named namespace";
}

} // namespace fake_object_test

namespace {
namespace hidden {
struct Event {
    std::string id;
};
consteval std::string_view family(const auto& /*event*/) {
    return "the unnamed namespace";
}
} // namespace hidden

template <class T>
struct Traits {
    static constexpr std::string_view from = family(eventsourcing::detail::fake_object<T>());
};
template <class T>
constexpr std::string_view from_function() {
    constexpr auto text = family(eventsourcing::detail::fake_object<T>());
    return text;
}
} // namespace

// That this file links, without optimization too, is the test: the object has no definition.
TEST_CASE("A function found by ADL can be asked about a type of which no object exists") {
    CHECK(Traits<fake_object_test::Event>::from == "the named namespace");
    CHECK(Traits<fake_object_test::Difficult>::from == "the named namespace");
    CHECK(Traits<hidden::Event>::from == "the unnamed namespace");
    CHECK(from_function<fake_object_test::Event>() == "the named namespace");
    CHECK(from_function<hidden::Event>() == "the unnamed namespace");
}
