// SPDX-License-Identifier: MIT
// What the wrong programs of this folder have in common: a small domain, and a sink.
#include <eventsourcing/runtime/dispatcher.hpp>

#include <string>
#include <string_view>
#include <variant>

namespace es = eventsourcing;

namespace shop {
struct Buy {
    std::string item;
};
struct Refund {
    std::string item;
};
struct Bought {
    std::string item;
};
struct Refunded {
    std::string item;
};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}

struct State {
    std::string last;
    es::Generation generation{};
};
} // namespace shop

struct Nowhere {
    static constexpr es::Capabilities capabilities{.stamps = false};

    template <class Event>
    es::Result<void> append_unchecked(es::StreamNameView, const es::Batch<Event>&) {
        return {};
    }
};
