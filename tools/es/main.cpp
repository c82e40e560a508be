// SPDX-License-Identifier: MIT
// The tool for every store by URL: es --store sqlite:combat.db streams
#if defined(ES_WITH_SQLITE)
#    include <eventsourcing/engines/sqlite.hpp>
#endif
#if defined(ES_WITH_KEYS)
#    include <eventsourcing/engines/sqlite_keys.hpp>
#endif
#if defined(ES_WITH_EVENTSTOREDB)
#    include <eventsourcing/engines/eventstoredb.hpp>
#endif
#include <eventsourcing/tool/command_line.hpp>

int main(int argc, char** argv) {
    return eventsourcing::command_line<>(argc, argv);
}
