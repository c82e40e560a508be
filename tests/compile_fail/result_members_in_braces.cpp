// SPDX-License-Identifier: MIT
// The name of the struct is left out of what a Result of one struct is made of.
// expect: es: write the name of the struct: return TheEvent{...}
// expect: Bought
#include "shop.hpp"

es::Result<shop::Bought> buy(const std::string& item) {
#ifdef MUST_FAIL
    return {item};
#else
    return shop::Bought{item};
#endif
}
