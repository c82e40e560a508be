// SPDX-License-Identifier: MIT
// One event, against code that knows that there are never more than two.
#include "dispatch.hpp"

int main(int argc, char** argv) {
    return compare::main(
        argc, argv,
        {
            {"dispatch, one event", with_library::side<combat::Attack, false>(combat::long_id),
             by_hand::side<by_hand::OneOrTwo, combat::Attack, false>(combat::long_id), 100'000,
             1.10},
            {"dispatch, one event, short id",
             with_library::side<combat::Attack, false>(combat::short_id),
             by_hand::side<by_hand::OneOrTwo, combat::Attack, false>(combat::short_id), 100'000,
             1.10},
        });
}
