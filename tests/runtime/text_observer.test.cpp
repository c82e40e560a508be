// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/text_observer.hpp>

#include <eventsourcing/runtime/observer.hpp>

#include "catch.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace es = eventsourcing;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

namespace {

template <class... Told>
constexpr bool all_are_said(es::detail::TypeList<Told...> /*all*/) {
    return (es::detail::HearsOf<es::TextObserver<std::FILE*>, Told> && ...);
}
static_assert(all_are_said(es::detail::AllTold{}));

/// One that leaves out what is told often.
struct Quiet : es::TextObserver<std::FILE*> {
    using TextObserver::on;
    using TextObserver::TextObserver;
    void on(const es::StateLoaded&) = delete;
};
static_assert(!es::detail::HearsOf<Quiet, es::StateLoaded>);
static_assert(es::detail::HearsOf<Quiet, es::Appended>);

template <class Told>
std::string said(const Told& told) {
    std::string all;
    const es::Observer observer = es::TextObserver{[&](std::string_view line) { all += line; }};
    observer.tell([&] { return told; });
    return all;
}

} // namespace

TEST_CASE("a text observer says in one sentence what a repository tells") {
    const es::Error error(es::errc::conflict, "revision 3, not 2");
    CHECK(said(es::Appended{.stream = "a-1", .events = 1, .duration = 2500us}) ==
          "a-1: 1 event appended in 2.5 ms");
    CHECK(said(es::Appended{.stream = "a-1", .events = 2, .attempts = 3, .duration = 90s}) ==
          "a-1: 2 events appended in 1.5 min, after 3 attempts");
    CHECK(said(es::ConflictRetried{.stream = "a-1", .attempt = 1, .wait = 5ms, .error = error}) ==
          "a-1: attempt 1 met events of others, the command is decided again in 5 ms: revision 3, "
          "not 2");
    CHECK(said(es::OutcomeRetried{.stream = "a-1", .attempt = 2, .wait = 1s, .error = error}) ==
          "a-1: whether append 2 was done is unknown, it is sent again in 1 s: revision 3, not 2");
    CHECK(said(es::CommandRepeated{.stream = "a-1", .revision = es::Revision{7}}) ==
          "a-1: command 00000000-0000-0000-0000-000000000000 was executed before, at revision 7");
    CHECK(said(es::StateLoaded{.stream = "a-1", .folded = 3}) == "a-1: 3 events folded");
    CHECK(said(es::StateLoaded{.stream = "a-1", .cached = true}) ==
          "a-1: 0 events folded onto a state of the cache");
    CHECK(said(es::StateLoaded{.stream = "a-1", .folded = 1, .snapshot = es::Revision{9}}) ==
          "a-1: 1 event folded onto the snapshot at revision 9");
    CHECK(said(es::SnapshotIgnored{.stream = "a-1", .error = error}) ==
          "a-1: the snapshot is not used: revision 3, not 2");
    CHECK(said(es::SnapshotFailed{.stream = "a-1", .revision = es::Revision{4}, .error = error}) ==
          "a-1: no snapshot is stored at revision 4: revision 3, not 2");
    CHECK(said(es::Skipped{.stream = "a-1", .revision = es::Revision{4}}) ==
          "a-1: revision 4 is left out");
}

TEST_CASE("a sentence is one line, whatever a message contains") {
    const es::Error error(es::errc::failed, "first\nsecond\x1b[31m");
    CHECK(said(es::Stopped{.subscription = "board", .error = error}) ==
          "board: has stopped: first second [31m");
    const es::Error c1(es::errc::failed, "a\xC2\x85z \xC2\x9B"
                                         "31m \xC2\xA0\xC3\x84\xC2");
    CHECK(said(es::Stopped{.subscription = "board", .error = c1}) ==
          "board: has stopped: a z  31m \xC2\xA0\xC3\x84\xC2");
}

TEST_CASE("a duration is said in the unit that fits, and not rounded up") {
    CHECK(es::detail::time_text(0ns) == "0 s");
    CHECK(es::detail::time_text(999ns) == "999 ns");
    CHECK(es::detail::time_text(1999ns) == "1.9 us");
    CHECK(es::detail::time_text(10999us) == "10 ms");
    CHECK(es::detail::time_text(59s + 999ms) == "59 s");
    CHECK(es::detail::time_text(24h) == "24 h");
    CHECK(es::detail::time_text(-5ns) == "-5 ns");
}

TEST_CASE("a text observer writes lines to a file") {
    std::FILE* const file = std::tmpfile();
    REQUIRE(file);
    const es::Observer observer = es::TextObserver{file};
    observer.tell([] { return es::CaughtUp{.subscription = "board"}; });
    observer.tell([] { return es::ProgressConflict{.subscription = "board"}; });
    std::rewind(file);
    std::array<char, 200> text{};
    const std::size_t size = std::fread(text.data(), 1, text.size(), file);
    static_cast<void>(std::fclose(file));
    CHECK(std::string_view(text.data(), size) ==
          "board: has caught up\n"
          "board: another runner was faster, this one goes on from what it has stored\n");
}
