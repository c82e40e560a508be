// SPDX-License-Identifier: MIT
// A sink that says it checks expected revisions, but has no append that could.
// expect: es: a sink that says expected_revision has append(
// expect: Claims
#include "shop.hpp"

struct Claims {
    static constexpr es::Capabilities capabilities{.expected_revision = true};

    template <class Event>
    es::Result<es::Receipt> append_unchecked(es::StreamNameView, const es::Batch<Event>&) {
        return es::Receipt{};
    }
#ifdef MUST_FAIL
    template <class Event>
    es::Result<es::Receipt> append(es::StreamNameView, es::ExpectedRevision,
                                   const es::Batch<Event>&) {
        return es::Receipt{};
    }
#else
    template <class Event>
    es::Result<es::Receipt> append(es::StreamNameView, es::ExpectedRevision,
                                   const es::Batch<Event>&, const es::AppendCondition& = {},
                                   const es::CallOptions& = {}) {
        return es::Receipt{};
    }
#endif
};

namespace shop {
struct Shop {
    using Command = Buy;
    using Event = Bought;
    using State = shop::State;

    static State apply_event(State s, const Bought&) { return s; }
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
};
} // namespace shop

template class es::Dispatcher<shop::Shop, Claims>;
