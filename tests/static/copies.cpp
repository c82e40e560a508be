// SPDX-License-Identifier: MIT
// What holds a store or a sink of any type can be copied, moved and kept in a container.
#include <eventsourcing/eventsourcing.hpp>

#include <concepts>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace {

struct Counted {
    static constexpr std::string_view event_type = "counted", event_source = "events://tests";
};
struct Count {};
struct Counter {
    using Command = Count;
    using Event = Counted;
    struct State {
        es::Generation generation{};
    };
    static Counted handle_command(const State&, const Count&) { return {}; }
    static void apply_event(State&, const Counted&) {}
};

template <class T>
concept IsAHandle =
    std::copyable<T> && requires(std::vector<T>& several, const T& one) { several.push_back(one); };

static_assert(IsAHandle<es::Dispatcher<Counter, es::AnyStore>>);
static_assert(IsAHandle<es::Dispatcher<Counter, es::AnySink>>);
static_assert(IsAHandle<es::Dispatcher<Counter, es::MemoryStore>>);
static_assert(IsAHandle<es::Repository<Counter, es::AnyStore>>);
static_assert(IsAHandle<es::Repository<Counter, es::MemoryStore>>);
static_assert(IsAHandle<es::Repository<Counter, es::MemoryStore, es::AnyStore>>);
static_assert(IsAHandle<es::FanOutPrimaryDecides<es::MemoryStore, es::AnyStore, es::AnySink>>);
static_assert(IsAHandle<es::FanOutPrimaryDecides<es::AnyStore, es::AnySink>>);
static_assert(IsAHandle<es::AnyStore>);
static_assert(IsAHandle<es::AnySink>);

} // namespace
