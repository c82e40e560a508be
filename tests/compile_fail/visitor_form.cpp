// SPDX-License-Identifier: MIT
// A visitor that does not take one of the events, and one that returns something else for one.
// expect 1: the visitor does not take this event; it takes const E&, or const E& and const es::EventRecord&, or const es::Recorded<E>&
// expect 1: shop::Refunded
// expect 2: the visitor returns different types for these events: return one type for all
// expect 2: shop::Refunded
// expect 3: es: name the structs to read: es::EventReader<Opened, Closed>
#include <eventsourcing/store/event_reader.hpp>

#include "shop.hpp"

struct Visitor {
    std::string operator()(const shop::Bought& e) const { return e.item; }
#if MUST_FAIL == 1
#elif MUST_FAIL == 2
    int operator()(const shop::Refunded&) const { return 1; }
#else
    std::string operator()(const es::Recorded<shop::Refunded>& e) const { return e.event.item; }
#endif
};

std::string go(const es::EventRecord& record) {
#if MUST_FAIL == 3
    es::EventReader<> reader;
    return reader.knows("shop.bought") ? "" : "no";
#else
    es::EventReader<shop::Bought, shop::Refunded> reader;
    return reader.read(record, Visitor{}).value();
#endif
}
