// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/observers.hpp>

#include <eventsourcing/core/joined.hpp>

#include "catch.hpp"
#include "throw_or_skip.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace es = eventsourcing;

namespace {
struct First {
    std::vector<std::string>* heard;
    void on(const es::Appended& told) {
        heard->push_back(es::detail::joined({"first ", told.stream}));
        throw_or_skip(std::runtime_error("no"));
    }
};
struct Second {
    std::vector<std::string>* heard;
    void on(const es::Appended& told) {
        heard->push_back(es::detail::joined({"second ", told.stream}));
    }
    void on(const es::Stopped& told) {
        heard->push_back(es::detail::joined({"stopped: ", told.error.message()}));
    }
};
} // namespace

TEST_CASE("several observers are told the same, also if one of them throws") {
    std::vector<std::string> heard;
    const es::Observer both = es::Observers{First{&heard}, Second{&heard}};
    CHECK(both.hears<es::Appended>());
    CHECK(both.hears<es::Stopped>());
    CHECK_FALSE(both.hears<es::Lagging>());
    const es::Error error(es::errc::failed, "why");
    both.tell([&] { return es::Stopped{.subscription = "s", .error = error}; });
    both.tell([] { return es::Appended{.stream = "a-1"}; });
    CHECK(heard == std::vector<std::string>{"stopped: why", "first a-1", "second a-1"});
}
