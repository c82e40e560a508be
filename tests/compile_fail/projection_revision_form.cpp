// SPDX-License-Identifier: MIT
// An `apply_revision` of a projection in a form that would be ignored.
// expect: es: `apply_revision` is declared in a form that the library does not read; write, public: `static constexpr std::string_view apply_revision =
// expect: shop::Board
// expect 1: apply_revision
// expect 2: apply_revision
// expect 3: apply_revision
// expect 4: apply_revision
// expect 5: apply_revision
#include <eventsourcing/runtime/explain_projection.hpp>

#include "shop.hpp"

#include <string>
#include <string_view>

namespace shop {
class Board {
#if defined(MUST_FAIL) && MUST_FAIL == 1
    static constexpr std::string_view apply_revision = "2";
#endif

public:
    using Event = Bought;
    struct State {
        int sold = 0;
    };
    static void apply_event(State& s, const Bought&) { ++s.sold; }
#if !defined(MUST_FAIL)
    static constexpr std::string_view apply_revision = "2";
#elif MUST_FAIL == 2
    static constexpr int apply_revision = 2;
#elif MUST_FAIL == 3
    static std::string_view apply_revision() { return "2"; }
#elif MUST_FAIL == 4
    static inline std::string apply_revision = "2";
#elif MUST_FAIL == 5
    std::string_view apply_revision() const { return "2"; }
#endif
};
} // namespace shop

static_assert(es::detail::explain_projection_texts<shop::Board>());
