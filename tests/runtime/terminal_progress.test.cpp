// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/terminal_progress.hpp>

#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

using namespace std::chrono_literals;

namespace shown_rebuilds {

namespace es = eventsourcing;

struct Count {
    int by;
};
struct Counted {
    int by;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shown_rebuilds", .source = "events://example.org/shown_rebuilds"};
}
struct Counter {
    using Command = Count;
    using Event = Counted;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State&, const Counted&) {}
    static Counted handle_command(const State&, const Count& c) { return {c.by}; }
};
struct Sum {
    using Event = es::EventsOf<Counter>;
    struct State {
        int sum = 0;
    };
    static es::Result<void> apply_event(State& s, const Counted& e) {
        if (e.by < 0)
            return es::reject("counted down by {}", -e.by);
        s.sum += e.by;
        return {};
    }
};

/// A file in memory in place of a terminal.
class Output {
public:
    [[nodiscard]] std::FILE* file() const { return file_.get(); }
    /// What was written since it was asked last.
    [[nodiscard]] std::string text() {
        std::string out;
        std::fseek(file(), read_, SEEK_SET);
        for (int c = std::fgetc(file()); c != EOF; c = std::fgetc(file()))
            out += static_cast<char>(c);
        read_ = std::ftell(file());
        return out;
    }

private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    std::unique_ptr<std::FILE, Close> file_{std::tmpfile()};
    long read_ = 0;
};

es::RebuildProgress at(std::uint64_t position, std::uint64_t head, std::chrono::nanoseconds time) {
    es::RebuildProgress progress;
    progress.name = "leaderboard";
    progress.events = position / 2;
    progress.position = es::Position{position};
    progress.head = es::Position{head};
    progress.time = time;
    return progress;
}
const es::RebuildProgress most = at(4'100'000, 5'000'000, 13'200ms);

std::string in_columns(const es::RebuildProgress& progress, std::size_t columns) {
    return es::detail::RebuildText(progress).now(columns);
}

} // namespace shown_rebuilds

using namespace shown_rebuilds;

TEST_CASE("the bar of a rebuild says how far it is, how fast it goes and how long it takes") {
    CHECK(in_columns(most, 80) ==
          "leaderboard  [#########################------] 4.1 M of 5.0 M, 310 k/s, 3 s left");
    CHECK(in_columns(at(0, 5'000'000, 0s), 60) ==
          "leaderboard  [" + std::string(34, '-') + "] 0 of 5.0 M");
    CHECK(in_columns(at(999, 1'000, 1s), 60) ==
          "leaderboard  [##############-] 999 of 1.0 k, 999/s, 1 s left");
}

TEST_CASE("a rebuild that waits says for what, within the width of the terminal") {
    auto waits = most;
    waits.waits_for = "the disk\nis full";
    const std::string text = in_columns(waits, 0);
    CHECK(text.find("leaderboard  4.1 M of 5.0 M, waits: the disk") == 0);
    CHECK(text.find('\n') == std::string::npos);
    CHECK(in_columns(waits, 80) == text);
    CHECK(in_columns(waits, 40) == text.substr(0, 40));
}

TEST_CASE("the bar of a rebuild keeps within the width of the terminal") {
    CHECK(in_columns(most, 60) == "leaderboard  [#########--] 4.1 M of 5.0 M, 310 k/s, 3 s left");
    CHECK(in_columns(most, 56) == "leaderboard  [#############---] 4.1 M of 5.0 M, 3 s left");
    CHECK(in_columns(most, 47) == "leaderboard  4.1 M of 5.0 M, 310 k/s, 3 s left");
    CHECK(in_columns(most, 40) == "leaderboard  4.1 M of 5.0 M, 3 s left");
    CHECK(in_columns(most, 30) == "leaderboard  4.1 M of 5.0 M");
    CHECK(in_columns(most, 10) == "leaderboar");
    CHECK(in_columns(most, 200).size() == 13 + 42 + 1 + 33);
    auto named = most;
    named.name = "Zähler"; // seven bytes in six columns
    for (std::size_t columns = 1; columns < 120; ++columns)
        CHECK(es::detail::columns_of(in_columns(named, columns)) <= columns);
    CHECK(in_columns(named, 2) == "Zä");
}

TEST_CASE("a rebuild of a store whose positions are no numbers shows a part and the events") {
    auto esdb = most;
    esdb.position = es::Position{4'100'000, 4'100'000};
    esdb.head = es::Position{5'000'000, 5'000'000};
    CHECK(in_columns(esdb, 0) == "leaderboard  82 %, 2.0 M events, 155 k/s, 3 s left");
    esdb.head.reset();
    CHECK(in_columns(esdb, 0) == "leaderboard  2.0 M events, 155 k/s");
}

TEST_CASE("events that are appended during a rebuild raise the number that it shows") {
    CHECK(in_columns(at(6'000'000, 5'000'000, 10s), 0) ==
          "leaderboard  6.0 M of 6.0 M, 600 k/s, 0 s left");
}

TEST_CASE("the name of a rebuild can't steer the terminal") {
    auto named = most;
    named.name = "a\x1b[2Jb\n";
    CHECK(in_columns(named, 30) == "a [2Jb   4.1 M of 5.0 M");
}

TEST_CASE("the bar of a rebuild is drawn over itself, at most ten times a second") {
    Output out;
    auto bar = es::terminal_progress({.out = out.file(), .columns = 31});
    bar(at(100, 1'000, 0ms));
    CHECK(out.text() == "\rleaderboard  100 of 1.0 k");
    bar(at(200, 1'000, 99ms));
    CHECK(out.text().empty());
    bar(at(1'000, 1'000, 100ms));
    CHECK(out.text() == "\rleaderboard  1.0 k of 1.0 k");
    bar(at(3, 1'000, 200ms));
    CHECK(out.text() == "\rleaderboard  3 of 1.0 k    ");
    auto done = at(1'000, 1'000, 201ms);
    done.done = true;
    bar(done);
    CHECK(out.text() == "\rleaderboard  rebuilt in 201 ms\n");
}

TEST_CASE("elsewhere than on a terminal a rebuild tells a line each minute, and one at the end") {
    Output out;
    {
        auto lines = es::terminal_progress({.out = out.file()});
        lines(at(1, 5'000'000, 0s));
        lines(at(2'000'000, 5'000'000, 59s));
        CHECK(out.text().empty());
        lines(at(2'500'000, 5'000'000, 60s));
        CHECK(out.text() == "leaderboard  2.5 M of 5.0 M, 41 k/s, 1 min left\n");
        lines(at(3'000'000, 5'000'000, 119s));
        CHECK(out.text().empty());
        auto done = at(5'000'000, 5'000'000, 120s);
        done.done = true;
        lines(done);
        CHECK(out.text() == "leaderboard  rebuilt in 2 min: 5.0 M events read, 41 k/s\n");
    }
    CHECK(out.text().empty());
}

TEST_CASE("a rebuild that is not done leaves a line that says how far it came") {
    Output out;
    {
        auto bar = es::terminal_progress({.out = out.file(), .columns = 200});
        auto moved = std::move(bar);
        moved(most);
        static_cast<void>(out.text());
    }
    const std::string left = out.text();
    CHECK(left.substr(0, left.find("  ", 14)) ==
          "\rleaderboard  not rebuilt, the old one stays: ended at 4.1 M of 5.0 M after 13 s");
    CHECK(left.back() == '\n');
    {
        auto nothing_told = es::terminal_progress({.out = out.file(), .columns = 200});
    }
    CHECK(out.text().empty());
}

TEST_CASE("a rebuild is shown while it goes on, by the clock of its store") {
    const es::FixedEnvironment world;
    const es::MemoryStore store{world};
    const es::Repository<Counter, es::MemoryStore> counters{store};
    for (int by = 1; by <= 4; ++by)
        REQUIRE(counters.execute("a", Count{by}));
    es::Subscription<Sum, es::MemoryStore> sum{store, {.page_size = 1}};
    Output out;
    REQUIRE(sum.rebuild(es::terminal_progress({.out = out.file(), .columns = 80})));
    const std::string drawn = out.text();
    CHECK(drawn.find("\rsum  [") == 0);
    CHECK(drawn.find("] 1 of 4") != std::string::npos);
    CHECK(drawn.find("\rsum  rebuilt in 0 s: 4 events read") != std::string::npos);

    REQUIRE(counters.execute("a", Count{-1}));
    const auto failed = sum.rebuild(es::terminal_progress({.out = out.file()}));
    REQUIRE(!failed);
    CHECK(out.text() == "sum  not rebuilt, the old one stays: ended at 4 of 5 after 0 s\n");
}

TEST_CASE("on a real terminal the bar takes its width") {
    const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0 || ::grantpt(terminal) != 0 || ::unlockpt(terminal) != 0)
        return; // there are none here
    std::FILE* const out = ::fdopen(::open(::ptsname(terminal), O_WRONLY | O_NOCTTY), "w");
    REQUIRE(out != nullptr);
    const auto resize = [&](unsigned short columns) {
        ::winsize size{};
        size.ws_col = columns;
        return ::ioctl(::fileno(out), TIOCSWINSZ, &size) == 0;
    };
    const auto written = [&] { // up to a mark
        std::fputc('$', out);
        std::fflush(out);
        std::string text;
        for (char c = 0; ::read(terminal, &c, 1) == 1 && c != '$';)
            text += c;
        return text;
    };
    const char* const before = std::getenv("TERM");
    const auto kind = before ? std::optional<std::string>(before) : std::nullopt;
    ::setenv("TERM", "xterm", 1);
    REQUIRE(resize(48));
    {
        auto bar = es::terminal_progress({.out = out});
        bar(most);
        CHECK(written() == "\rleaderboard  4.1 M of 5.0 M, 310 k/s, 3 s left");
        REQUIRE(resize(30));
        bar(at(4'200'000, 5'000'000, 14s));
        CHECK(written() == "\rleaderboard  4.2 M of 5.0 M  ");
        ::setenv("TERM", "dumb", 1);
    }
    CHECK(written() ==
          "leaderboard  not rebuilt, the old one stays: ended at 4.2 M of 5.0 M after 14 s\r\n");
    if (kind)
        ::setenv("TERM", kind->c_str(), 1);
    else
        ::unsetenv("TERM");
    std::fclose(out);
    ::close(terminal);
}
