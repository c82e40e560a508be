// SPDX-License-Identifier: MIT
// A `layout` in a form that would be ignored.
// expect: es: `layout` is declared in a form that the library does not read; write, public: `static constexpr int layout = 2;`
// expect: shop::Money
#include <eventsourcing/codec/layout.hpp>

#include <string_view>

namespace es = eventsourcing;

namespace shop {
class Money {
    int cents = 0;

public:
#ifdef MUST_FAIL
    static constexpr std::string_view layout = "2";
#else
    static constexpr int layout = 2;
#endif
    static void members(auto& self, auto&& member) { member("cents", self.cents); }
};
} // namespace shop

constexpr std::string_view text = es::layout_text<shop::Money>();
