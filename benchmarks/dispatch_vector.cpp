// SPDX-License-Identifier: MIT
// One event, against code that keeps its events in a std::vector.
#include "dispatch.hpp"

int main(int argc, char** argv) {
    return compare::main(
        argc, argv,
        {
            {"dispatch, one event, against std::vector",
             with_library::side<combat::Attack, false>(combat::long_id),
             by_hand::side<by_hand::AnyNumber, combat::Attack, false>(combat::long_id), 100'000,
             1.10},
        });
}
