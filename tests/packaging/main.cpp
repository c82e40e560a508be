// SPDX-License-Identifier: MIT
#include <eventsourcing/eventsourcing.hpp>
#ifdef WITH_SQLITE
#include <eventsourcing/engines/sqlite.hpp>
#endif
int main() {}
