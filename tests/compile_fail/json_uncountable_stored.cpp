// SPDX-License-Identifier: MIT
// What reflection can't count is refused with the cure also where it is written, read or stored.
// expect: es:
// expect: shop::Paid
// expect 1: the fields of this struct cannot be counted: one is a reference, or has a type that
// expect 2: the fields of this struct cannot be counted: one is a reference, or has a type that
// expect 3: the fields of this struct cannot be counted: one is a reference, or has a type that
// expect 4: a bit-field or a reference cannot be reflected; make it a plain member
// expect 5: a bit-field or a reference cannot be reflected; make it a plain member
// expect 6: a bit-field or a reference cannot be reflected; make it a plain member
// expect 7: an anonymous union cannot be reflected; use std::variant, or give the struct a
// expect 8: an anonymous union cannot be reflected; use std::variant, or give the struct a
// expect 9: an anonymous union cannot be reflected; use std::variant, or give the struct a
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/handle.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/runtime/dispatcher.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include <string>

namespace es = eventsourcing;

namespace shop {
#ifndef MUST_FAIL
struct Paid {
    int cents;
    std::string by;
};
#elif MUST_FAIL <= 3
class Money { // made of an explicit number only
public:
    explicit Money(int cents) : cents_(cents) {}
    template <class T>
    Money(T) = delete;

private:
    int cents_ = 0;
};
struct Paid {
    Money money{1};
    std::string by;
};
#elif MUST_FAIL <= 6
struct Paid {
    std::string by;
    unsigned cents : 3;
};
#else
struct Paid {
    union {
        int cents;
        float euros;
    };
    std::string by;
};
#endif

struct Pay {};
struct Till {
    using Command = Pay;
    using Event = Paid;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State&, const Paid&) {}
    static Paid handle_command(const State&, const Pay&);
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}
} // namespace shop

#if !defined(MUST_FAIL) || MUST_FAIL % 3 == 1
std::string written(const shop::Paid& paid) {
    return *es::encode_json(paid);
}
#endif
#if !defined(MUST_FAIL) || MUST_FAIL % 3 == 2
auto read_again = es::decode_json<shop::Paid>("{}");
#endif
#if !defined(MUST_FAIL) || MUST_FAIL % 3 == 0
es::MemoryStore store;
es::Dispatcher<shop::Till, es::MemoryStore> dispatcher(store);
auto dispatched = dispatcher.dispatch(shop::Till::State{}, shop::Pay{}, "till-1");
#endif
