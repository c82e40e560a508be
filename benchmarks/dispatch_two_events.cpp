// SPDX-License-Identifier: MIT
// Two events, the most that need no allocation of their own.
#include "dispatch.hpp"

int main(int argc, char** argv) {
    return compare::main(
        argc, argv,
        {
            {"dispatch, two events", with_library::side<combat::Flurry, false>(combat::long_id),
             by_hand::side<by_hand::OneOrTwo, combat::Flurry, false>(combat::long_id), 100'000,
             1.10},
        });
}
