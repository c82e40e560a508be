// SPDX-License-Identifier: MIT
// What is nothing that the tool knows, and what is nearly an aggregate, a projection or a process.
// expect 1: es: es::command_line takes aggregates, projections, processes and stores that a URL can name, in any order; the type named here is none of them
// expect 1: int
// expect 2: es: no public apply_event of the projection for this event of its variant
// expect 2: shop::Sales
// expect 3: es: es::command_line opens the stores whose headers are included, such as <eventsourcing/engines/sqlite.hpp>, and those among its types; there is none
#include "shop.hpp"

#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/tool/command_line.hpp>

namespace shop {
struct Till : es::MemoryStore {
    static constexpr std::string_view url_scheme = "till";
    static es::Result<Till> open_url(std::string_view) { return Till{}; }
};
struct Sales {
    using Event = std::variant<Bought, Refunded>;
    struct State {
        int sold = 0;
    };
    static void apply_event(State& s, const Bought&) { ++s.sold; }
#if MUST_FAIL != 2
    static void apply_event(State& s, const Refunded&) { --s.sold; }
#endif
};
} // namespace shop

int go(int argc, char** argv) {
    using namespace shop;
#if MUST_FAIL == 1
    return es::command_line<Sales, int, Till>(argc, argv);
#elif MUST_FAIL == 3
    return es::command_line<Sales>(argc, argv);
#else
    return es::command_line<Sales, Till>(argc, argv);
#endif
}
