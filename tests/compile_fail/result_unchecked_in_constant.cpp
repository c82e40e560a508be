// SPDX-License-Identifier: MIT
// The value of an error is used where the compiler itself runs the code.
// expect-gcc: es_this_result_holds_an_error_check_it_first
// expect-clang: must be initialized by a constant expression
#include <eventsourcing/core/result.hpp>

namespace es = eventsourcing;

constexpr es::Result<int> half(int x) {
    if (x % 2 != 0)
        return es::errc::invalid;
    return x / 2;
}

#ifdef MUST_FAIL
constexpr int quarter = *half(*half(6));
#else
constexpr int quarter = *half(*half(8));
#endif
