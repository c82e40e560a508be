// SPDX-License-Identifier: MIT
// One event and two, stamped with ids and the time on both sides.
#include "dispatch.hpp"

int main(int argc, char** argv) {
    return compare::main(
        argc, argv,
        {
            {"dispatch, two events, stamped",
             with_library::side<combat::Flurry, true>(combat::long_id),
             by_hand::side<by_hand::OneOrTwo, combat::Flurry, true>(combat::long_id), 100'000,
             1.10},
        });
}
