// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/prometheus_text.hpp>

#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/runtime/relay.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace es = eventsourcing;
using namespace std::chrono_literals;

namespace {

struct Note {
    std::string text;
};
struct Noted {
    std::string text;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "notes", .source = "events://example.org/notes", .version = "1.0"};
}
struct Notes {
    static constexpr std::string_view category = "notes";
    using Command = Note;
    using Event = Noted;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State& /*s*/, const Noted& /*e*/) {}
    static Noted handle_command(const State& /*s*/, const Note& c) { return {c.text}; }
};
struct Words {
    using Event = es::EventsOf<Notes>;
    struct State {
        int number = 0;
    };
    static es::Result<void> apply_event(State& s, const Noted& e) {
        if (e.text == "bad")
            return es::reject("no word");
        ++s.number;
        return {};
    }
};

struct World {
    es::FixedEnvironment clock{{.step = 0ns}};
    es::MemoryStore store{clock};
    es::PrometheusText metrics{};
    es::Repository<Notes, es::MemoryStore> notes{store, {.cache = 10, .observer = metrics}};

    void note(const char* id, const char* text) { REQUIRE(notes.execute(id, Note{text})); }
};

bool has_line(const std::string& text, const std::string& line) {
    return es::detail::joined({"\n", text}).find(es::detail::joined({"\n", line, "\n"})) !=
           std::string::npos;
}
#define CHECK_LINE(text, line)                                                                     \
    do {                                                                                           \
        INFO(text);                                                                                \
        CHECK(has_line(text, line));                                                               \
    } while (false)

/// What Prometheus's own checker says of metrics. Its path is PROMTOOL in the environment, or it is
/// in PATH.
class Promtool {
public:
    explicit Promtool(const std::string& metrics) {
        const char* const given = std::getenv("PROMTOOL");
        const std::string program = given ? given : "promtool";
        std::error_code none;
        const auto file =
            std::filesystem::temp_directory_path(none) /
            es::detail::joined({"es_metrics_", es::Environment{}.new_id().to_string()});
        std::FILE* const out = std::fopen(file.c_str(), "wb");
        REQUIRE(out);
        REQUIRE(std::fwrite(metrics.data(), 1, metrics.size(), out) == metrics.size());
        REQUIRE(std::fclose(out) == 0);
        const std::string quoted = es::detail::joined({"'", program, "'"});
        const std::string command =
            es::detail::joined({"command -v ", quoted, " >/dev/null || exit 127; ", quoted,
                                " check metrics <'", file.string(), "' 2>&1"});
        std::FILE* const said = ::popen(command.c_str(), "r");
        REQUIRE(said);
        std::array<char, 1000> part{};
        while (std::fgets(part.data(), part.size(), said))
            complaints += part.data();
        const int status = ::pclose(said);
        installed = status != 127 * 256;
        accepted = status == 0;
        std::filesystem::remove(file, none);
    }

    bool installed = false;
    bool accepted = false;
    std::string complaints{};
};

void check_by_promtool(const std::string& metrics) {
    const Promtool promtool(metrics);
    if (!promtool.installed) {
        if (std::getenv("PROMTOOL") != nullptr) // NOLINT(concurrency-mt-unsafe)
            FAIL("PROMTOOL names no program");
        WARN("there is no promtool (Debian: `apt-get download prometheus`, `dpkg-deb -x "
             "prometheus_*.deb DIR`, and PROMTOOL=DIR/usr/bin/promtool; installing the package "
             "starts a server)");
        return;
    }
    INFO(metrics);
    CHECK(promtool.complaints.empty());
    CHECK(promtool.accepted);
}

} // namespace

TEST_CASE("metrics count by category of stream, not by stream") {
    World world;
    CHECK(world.metrics.text().empty());
    world.note("1", "a");
    world.note("1", "b"); // on the state of the cache
    world.note("2", "c");
    CHECK(world.metrics.text() ==
          R"(# HELP eventsourcing_appends_total Commands whose events were stored.
# TYPE eventsourcing_appends_total counter
eventsourcing_appends_total{category="notes"} 3
# HELP eventsourcing_appended_events_total Events that were stored.
# TYPE eventsourcing_appended_events_total counter
eventsourcing_appended_events_total{category="notes"} 3
# HELP eventsourcing_cache_hits_total States that came out of the cache.
# TYPE eventsourcing_cache_hits_total counter
eventsourcing_cache_hits_total{category="notes"} 1
# HELP eventsourcing_folded_events Events that were folded to load a state.
# TYPE eventsourcing_folded_events histogram
eventsourcing_folded_events_bucket{category="notes",le="0"} 3
eventsourcing_folded_events_bucket{category="notes",le="1"} 3
eventsourcing_folded_events_bucket{category="notes",le="10"} 3
eventsourcing_folded_events_bucket{category="notes",le="100"} 3
eventsourcing_folded_events_bucket{category="notes",le="1000"} 3
eventsourcing_folded_events_bucket{category="notes",le="10000"} 3
eventsourcing_folded_events_bucket{category="notes",le="100000"} 3
eventsourcing_folded_events_bucket{category="notes",le="+Inf"} 3
eventsourcing_folded_events_sum{category="notes"} 0
eventsourcing_folded_events_count{category="notes"} 3
# HELP eventsourcing_execute_duration_seconds Time from the call to the answer of the store, for commands whose events were stored.
# TYPE eventsourcing_execute_duration_seconds histogram
eventsourcing_execute_duration_seconds_bucket{category="notes",le="0.001"} 3
eventsourcing_execute_duration_seconds_bucket{category="notes",le="0.005"} 3
eventsourcing_execute_duration_seconds_bucket{category="notes",le="0.01"} 3
eventsourcing_execute_duration_seconds_bucket{category="notes",le="0.05"} 3
eventsourcing_execute_duration_seconds_bucket{category="notes",le="0.1"} 3
eventsourcing_execute_duration_seconds_bucket{category="notes",le="0.5"} 3
eventsourcing_execute_duration_seconds_bucket{category="notes",le="1"} 3
eventsourcing_execute_duration_seconds_bucket{category="notes",le="5"} 3
eventsourcing_execute_duration_seconds_bucket{category="notes",le="+Inf"} 3
eventsourcing_execute_duration_seconds_sum{category="notes"} 0
eventsourcing_execute_duration_seconds_count{category="notes"} 3
)");
}

TEST_CASE("gauges are the status of each follower when the metrics are written") {
    World world;
    world.note("1", "a");
    world.clock.advance(1500ms);
    world.note("2", "bad");
    world.note("2", "b");
    es::Subscription<Words, es::MemoryStore> words{world.store, {.observer = world.metrics}};
    es::Subscription<Words, es::MemoryStore> parking{
        world.store,
        {.name = "parking", .on_failure = es::OnFailure::park, .observer = world.metrics}};
    es::Relay relay{world.store, es::MemoryStore{}, {.name = "out", .observer = world.metrics}};
    parking.step();
    relay.step();
    const std::string before = world.metrics.text(words);
    CHECK_LINE(before, R"(eventsourcing_subscription_state{subscription="words",state="live"} 0)");
    CHECK_LINE(before,
               R"(eventsourcing_subscription_state{subscription="words",state="not_started"} 1)");
    CHECK_LINE(before, R"(eventsourcing_subscription_lag_seconds{subscription="words"} 1.5)");
    CHECK_LINE(before, R"(eventsourcing_subscription_position{subscription="words"} 0)");
    CHECK_LINE(before, R"(eventsourcing_subscription_behind_events{subscription="words"} 3)");

    words.step();
    const std::string after = world.metrics.text(words, parking, relay);
    for (const char* const line :
         {R"(eventsourcing_subscription_state{subscription="words",state="stopped"} 1)",
          R"(eventsourcing_subscription_state{subscription="parking",state="live"} 1)",
          R"(eventsourcing_subscription_position{subscription="words"} 1)",
          R"(eventsourcing_subscription_position{subscription="out"} 3)",
          R"(eventsourcing_subscription_head_position{subscription="words"} 3)",
          R"(eventsourcing_subscription_behind_events{subscription="words"} 2)",
          R"(eventsourcing_subscription_behind_events{subscription="parking"} 0)",
          R"(eventsourcing_subscription_lag_seconds{subscription="parking"} 0)",
          R"(eventsourcing_subscription_parked_keys{subscription="parking"} 1)",
          R"(eventsourcing_subscription_parked_events_total{subscription="parking"} 2)",
          R"(eventsourcing_subscription_failures{subscription="words"} 1)",
          R"(eventsourcing_subscription_stops_total{subscription="words"} 1)",
          R"(eventsourcing_relayed_events_total{subscription="out"} 3)"})
        CHECK_LINE(after, line);
    check_by_promtool(after);
}

TEST_CASE("labels are escaped, and what is no UTF-8 does not spoil the rest") {
    World world;
    es::Subscription<Words, es::MemoryStore> odd{world.store, {.name = "a\"b\\c\nd\xff"}};
    const std::string text = world.metrics.text(odd);
    CHECK_LINE(text, R"(eventsourcing_subscription_position{subscription="a\"b\\c\nd?"} 0)");
    check_by_promtool(text);
}

TEST_CASE("two followers of one name are one row of metrics") {
    World world;
    const es::Subscription<Words, es::MemoryStore> one{world.store};
    const es::Subscription<Words, es::MemoryStore> two{world.store};
    check_by_promtool(world.metrics.text(one, two));
    CHECK(world.metrics.text(one, two) == world.metrics.text(one));
}

TEST_CASE("Prometheus's checker accepts every metric that there is") {
    es::PrometheusText metrics;
    const es::Error error(es::errc::failed);
    metrics.on(es::Appended{.stream = "a-1"});
    metrics.on(es::Appended{.stream = "a-1", .duration = 7s});
    metrics.on(es::ConflictRetried{.stream = "a-1", .error = error});
    metrics.on(es::OutcomeRetried{.stream = "a-1", .error = error});
    metrics.on(es::CommandRepeated{.stream = "a-1"});
    metrics.on(es::StateLoaded{.stream = "a-1"});
    metrics.on(es::StateLoaded{.stream = "a-1", .folded = 12, .cached = true});
    metrics.on(es::SnapshotIgnored{.stream = "a-1", .error = error});
    metrics.on(es::SnapshotFailed{.stream = "a-1", .error = error});
    metrics.on(es::Skipped{.stream = "a-1"});
    metrics.on(es::Skipped{.stream = "a-1", .subscription = "s"});
    metrics.on(es::Waiting{.subscription = "s", .error = error});
    metrics.on(es::Stopped{.subscription = "s", .error = error});
    metrics.on(es::Recovered{.subscription = "s"});
    metrics.on(es::ProgressConflict{.subscription = "s"});
    metrics.on(es::Parked{.subscription = "s"});
    metrics.on(es::Released{.subscription = "s"});
    metrics.on(es::Rebuilt{.subscription = "s"});
    metrics.on(es::Relayed{.subscription = "s"});
    metrics.on(es::ProcessStepped{.process = "process.p-1"});
    metrics.on(es::CommandSent{.process = "process.p-1"});
    metrics.on(es::CommandRefused{.process = "process.p-1", .error = error});
    metrics.on(es::LateInput{.process = "process.p-1"});
    metrics.on(es::Quarantined{.subscription = "s"});
    std::vector<es::SubscriptionStatus> statuses(1);
    statuses[0].name = "s";
    statuses[0].position = es::Position{7};
    statuses[0].head = es::Position{9};
    statuses[0].behind = 2;
    statuses[0].lag = 1ns;
    const std::string text = metrics.text(statuses);
    for (const auto& counter : es::detail::counters)
        CHECK(text.find(es::detail::joined({"\n", counter.name, "{"})) != std::string::npos);
    CHECK_LINE(text, R"(eventsourcing_folded_events_bucket{category="a",le="100"} 2)");
    CHECK_LINE(text, R"(eventsourcing_folded_events_sum{category="a"} 12)");
    CHECK_LINE(text, R"(eventsourcing_execute_duration_seconds_bucket{category="a",le="+Inf"} 2)");
    CHECK_LINE(text, R"(eventsourcing_subscription_lag_seconds{subscription="s"} 0.000000001)");
    check_by_promtool(text);
}

// O4
TEST_CASE("Each thing that is told counts in its own metrics") {
    const es::Error error(es::errc::failed);
    const auto counts = [](const auto& told) {
        es::PrometheusText metrics;
        metrics.on(told);
        std::istringstream lines(metrics.text());
        const std::string begin = "eventsourcing_";
        std::string names;
        for (std::string line; std::getline(lines, line);)
            if (const auto end = line.find("_total{");
                line.rfind(begin, 0) == 0 && end != std::string::npos)
                names += es::detail::joined({names.empty() ? "" : " ",
                                             line.substr(begin.size(), end - begin.size()),
                                             line.substr(line.find("} ") + 1)});
        return names;
    };
    CHECK(counts(es::Appended{.stream = "a-1", .events = 2}) == "appends 1 appended_events 2");
    CHECK(counts(es::ConflictRetried{.stream = "a-1", .error = error}) == "conflicts 1");
    CHECK(counts(es::OutcomeRetried{.stream = "a-1", .error = error}) == "append_retries 1");
    CHECK(counts(es::CommandRepeated{.stream = "a-1"}) == "repeated_commands 1");
    CHECK(counts(es::StateLoaded{.stream = "a-1", .folded = 2}).empty());
    CHECK(counts(es::StateLoaded{.stream = "a-1", .cached = true}) == "cache_hits 1");
    CHECK(counts(es::SnapshotIgnored{.stream = "a-1", .error = error}) == "snapshots_ignored 1");
    CHECK(counts(es::SnapshotFailed{.stream = "a-1", .error = error}) == "snapshots_failed 1");
    CHECK(counts(es::Skipped{.stream = "a-1"}) == "left_out_events 1");
    CHECK(counts(es::Skipped{.stream = "a-1", .subscription = "s"}) ==
          "subscription_skipped_events 1");
    CHECK(counts(es::Waiting{.subscription = "s", .error = error}) == "subscription_retries 1");
    CHECK(counts(es::Stopped{.subscription = "s", .error = error}) == "subscription_stops 1");
    CHECK(counts(es::Recovered{.subscription = "s"}) == "subscription_recoveries 1");
    CHECK(counts(es::ProgressConflict{.subscription = "s"}) == "subscription_conflicts 1");
    CHECK(counts(es::Parked{.subscription = "s"}) == "subscription_parked_events 1");
    CHECK(counts(es::Released{.subscription = "s", .events = 3, .left = 1}) ==
          "subscription_released_events 3");
    CHECK(counts(es::Rebuilt{.subscription = "s"}) == "subscription_rebuilds 1");
    CHECK(counts(es::Relayed{.subscription = "s", .events = 4}) == "relayed_events 4");
    CHECK(counts(es::ProcessStepped{.process = "process.p-1"}) == "process_steps 1");
    CHECK(counts(es::CommandSent{.process = "process.p-1"}) == "process_commands_sent 1");
    CHECK(counts(es::CommandRefused{.process = "process.p-1", .error = error}) ==
          "process_commands_refused 1");
    CHECK(counts(es::LateInput{.process = "process.p-1"}) == "process_late_inputs 1");
    CHECK(counts(es::Quarantined{.subscription = "s"}) == "process_quarantined 1");
}

TEST_CASE("metrics are written to a stream or a function") {
    World world;
    world.note("1", "a");
    const es::Subscription<Words, es::MemoryStore> words{world.store};
    std::ostringstream stream;
    world.metrics.write(stream, words);
    std::string text;
    world.metrics.write([&](std::string_view part) { text += part; }, words);
    CHECK(stream.str() == world.metrics.text(words));
    CHECK(text == stream.str());
}
