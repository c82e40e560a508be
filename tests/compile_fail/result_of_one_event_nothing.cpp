// SPDX-License-Identifier: MIT
// No event, where the Result always holds one.
// expect: es: es::nothing is no value of this Result, which always holds one event
// expect: Bought
#include "shop.hpp"

#ifdef MUST_FAIL
es::Result<shop::Bought> buy(bool wanted) {
#else
es::Result<es::Events<shop::Bought>> buy(bool wanted) {
#endif
    if (!wanted)
        return es::nothing;
    return shop::Bought{"hat"};
}
