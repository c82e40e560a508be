// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_INTERRUPTIBLE_HPP
#define EVENTSOURCING_ENGINES_SQLITE_INTERRUPTIBLE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>

#include <sqlite3.h>

namespace eventsourcing::detail::sqlite {

/// While it lives, statements of the connection call `go_on()` now and then, and end if it returns
/// an error.
template <class GoOn>
class Interruptible {
public:
    Interruptible(Connection& connection, GoOn& go_on) : connection_(connection), go_on_(go_on) {
        constexpr int instructions_between = 100'000; // of SQLite's machine: a few milliseconds
        sqlite3_progress_handler(connection.handle(), instructions_between, &Interruptible::ask,
                                 this);
    }
    ~Interruptible() { sqlite3_progress_handler(connection_.handle(), 0, nullptr, nullptr); }
    Interruptible(const Interruptible&) = delete;
    Interruptible& operator=(const Interruptible&) = delete;

private:
    static int ask(void* self) { return static_cast<Interruptible*>(self)->go_on_() ? 0 : 1; }

    Connection& connection_;
    GoOn& go_on_;
};

} // namespace eventsourcing::detail::sqlite

#endif
