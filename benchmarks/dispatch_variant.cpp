// SPDX-License-Identifier: MIT
// One event, the command given as a variant.
#include "dispatch.hpp"

int main(int argc, char** argv) {
    return compare::main(
        argc, argv,
        {
            {"dispatch, command variant",
             with_library::side<combat::Command, false>(combat::long_id),
             by_hand::side<by_hand::OneOrTwo, combat::Command, false>(combat::long_id), 100'000,
             1.10},
        });
}
