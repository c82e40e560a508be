// SPDX-License-Identifier: MIT
// The outbox: a relay hands the events of a store over to a broker, each at least once and in the
// order of its stream. It keeps how far it has come in the store, and tries again what has failed.
//
// Prints:
//   broker: news-1, news.published {"text":"relays are here"}
//   relay: waiting, next in 50 ms: the broker is down (stream news-1)
//   broker: news-1, news.published {"text":"brokers fail"}
//   broker: news-2, news.published {"text":"and come back"}
//   relay: idle
#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/runtime/relay.hpp>
#include <eventsourcing/testing/settle.hpp>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>

namespace es = eventsourcing;

namespace news {

struct Publish {
    std::string text;
};
struct Published {
    std::string text;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "news", .source = "events://example.org/news"};
}

struct News {
    using Command = Publish;
    using Event = Published;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State&, const Published&) {}
    static Published handle_command(const State&, const Publish& c) { return {c.text}; }
};

/// Any sink will do, also another store. This one prints, and is down at times.
struct Broker {
    static constexpr es::Capabilities capabilities{};
    std::shared_ptr<bool> is_down = std::make_shared<bool>(false);

    es::Result<void> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                      const es::CallOptions& = {}) const {
        if (*is_down)
            return es::Error(es::errc::unavailable, "the broker is down");
        const auto events = batch.encoded();
        if (!events)
            return events.error();
        for (const es::NewEvent& event : *events)
            std::cout << "broker: " << stream.view() << ", " << event.type << " " << event.data
                      << "\n";
        return {};
    }
};

} // namespace news

int main() {
    using namespace news;
    es::FixedEnvironment world; // its clock is moved by hand; without it all goes by the system's
    const es::MemoryStore store{world};
    const es::Repository<News, es::MemoryStore> all_news{store};
    const Broker broker;
    es::Relay<es::MemoryStore, Broker> relay{store, broker, {.name = "relay"}};

    // A program lets a thread do it: const std::jthread relaying = es::follow(relay);
    if (!all_news.execute("1", Publish{"relays are here"}) || !es::settle(world, relay))
        return 1;
    *broker.is_down = true;
    if (!all_news.execute("1", Publish{"brokers fail"}) ||
        !all_news.execute("2", Publish{"and come back"}))
        return 1;
    std::cout << es::settle(world, relay);
    *broker.is_down = false;
    world.advance(std::chrono::minutes(1));
    std::cout << es::settle(world, relay);
}
