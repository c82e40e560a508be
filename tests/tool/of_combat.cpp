// SPDX-License-Identifier: MIT
// The tool of an application, for tests/tool/run_es: es with the types of the example combat.
#include "../examples/combat/combat.hpp"
#include "../examples/combat/healer.hpp"
#include "../examples/combat/leaderboard.hpp"

#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/tool/command_line.hpp>

int main(int argc, char** argv) {
    return es::command_line<combat::Combat, combat::Leaderboard, combat::Healer>(argc, argv);
}
