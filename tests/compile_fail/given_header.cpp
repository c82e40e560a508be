// SPDX-License-Identifier: MIT
// Headers are named that are not included.
// expect 1: es: this type names no Command: a projection is tried with #include <eventsourcing/testing/given_projection.hpp>
// expect 1: shop::Sales
// expect 2: es: a process is tried with #include <eventsourcing/testing/given_process.hpp>
#include "shop.hpp"

#include <eventsourcing/testing/given.hpp>

#if !defined(MUST_FAIL)
#    include <eventsourcing/testing/given_process.hpp>
#    include <eventsourcing/testing/given_projection.hpp>
#else
#    include <eventsourcing/runtime/process.hpp>
#endif

namespace shop {
struct Sales {
    using Event = Bought;
    struct State {
        int sold = 0;
    };
    static void apply_event(State& s, const Bought&) { ++s.sold; }
};
struct Letters {
    using Command = Buy;
};
struct Thanks : Sales {
    using Reaction = es::Reaction<Letters>;
    static std::string process_id(const auto& e) { return e.event.item; }
};
} // namespace shop

auto go() {
#if MUST_FAIL == 1
    return es::given<shop::Sales>(shop::Bought{"hat"}).then(shop::Sales::State{1});
#elif MUST_FAIL == 2
    return es::given<shop::Thanks>().when(shop::Bought{"hat"}).then(es::nothing);
#else
    (void)es::given<shop::Thanks>().when(shop::Bought{"hat"}).then(es::nothing);
    return es::given<shop::Sales>(shop::Bought{"hat"}).then(shop::Sales::State{1});
#endif
}
