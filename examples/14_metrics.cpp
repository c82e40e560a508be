// SPDX-License-Identifier: MIT
// What happens inside, in sentences and as metrics. The metrics are written to a file, as the node
// exporter of Prometheus collects them; serving them over HTTP is the application's.
//
// Prints:
//   task-1: 0 events folded
//   task-1: 1 event appended in 0 s
//   task-2: 0 events folded
//   task-2: 1 event appended in 0 s
//   tasks: there is more to read, 1 event, the oldest one 0 s old
//   tasks: has caught up
//   ready: yes
//   eventsourcing_subscription_position{subscription="tasks"} 2
//   eventsourcing_subscription_behind_events{subscription="tasks"} 0
//   eventsourcing_appended_events_total{category="task"} 2
#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/runtime/observers.hpp>
#include <eventsourcing/runtime/prometheus_text.hpp>
#include <eventsourcing/runtime/ready.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/runtime/text_observer.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

namespace es = eventsourcing;

struct Add {};
struct Added {};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "tasks", .source = "events://example.org/tasks"};
}
struct Task {
    using Command = Add;
    using Event = Added;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State&, const Added&) {}
    static Added handle_command(const State&, const Add&) { return {}; }
};
struct Tasks {
    using Event = es::EventsOf<Task>;
    struct State {
        int number = 0;
    };
    static void apply_event(State& s, const Added&) { ++s.number; }
};

int main() {
    const es::FixedEnvironment clock{{.step = std::chrono::nanoseconds(0)}};
    const es::MemoryStore store{clock};
    const es::PrometheusText metrics;
    const es::Observer observer = es::Observers{metrics, es::TextObserver{stdout}};

    const es::Repository<Task, es::MemoryStore> tasks{store, {.observer = observer}};
    if (!tasks.execute("1", Add{}) || !tasks.execute("2", Add{}))
        return 1;
    es::Subscription<Tasks, es::MemoryStore> all{store, {.page_size = 1, .observer = observer}};
    while (all.step().kind == es::Step::Kind::worked)
        ;
    std::fflush(stdout);
    std::cout << "ready: " << (es::ready(all) ? "yes" : "no") << "\n";

    // A reader never sees half of it: it is written beside, and then renamed.
    const auto file = std::filesystem::temp_directory_path() / "14_metrics.prom";
    std::ofstream beside(file.string() + ".new");
    metrics.write(beside, all);
    beside.close();
    std::filesystem::rename(file.string() + ".new", file);

    std::ifstream written(file);
    for (std::string line; std::getline(written, line);)
        for (const char* const wanted :
             {"eventsourcing_subscription_position{", "eventsourcing_subscription_behind_events{",
              "eventsourcing_appended_events_total{"})
            if (line.starts_with(wanted))
                std::cout << line << "\n";
}
