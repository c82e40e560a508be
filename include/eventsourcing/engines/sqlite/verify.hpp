// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_VERIFY_HPP
#define EVENTSOURCING_ENGINES_SQLITE_VERIFY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/engines/shared/check_content.hpp>
#include <eventsourcing/engines/shared/verify_report.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/interruptible.hpp>
#include <eventsourcing/engines/sqlite/read_progress.hpp>
#include <eventsourcing/engines/sqlite/read_record.hpp>
#include <eventsourcing/engines/sqlite/read_transaction.hpp>
#include <eventsourcing/engines/sqlite/reader.hpp>
#include <eventsourcing/engines/sqlite/schema_check.hpp>
#include <eventsourcing/engines/sqlite/statement.hpp>
#include <eventsourcing/engines/sqlite/store_id.hpp>
#include <eventsourcing/store/page.hpp>
#include <eventsourcing/store/progress_limits.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace eventsourcing::detail::sqlite {

/// Checks a file piece by piece and writes down what it finds. Each `check_` function is called in
/// its own read transaction, returns whether there is more to check, and fails only if it can't go
/// on reading.
class Verifier {
public:
    /// How many streams, or events, are read in one transaction.
    static constexpr std::int64_t page_size = 500;

    VerifyReport report;

    Result<bool> check_schema(Connection& connection) {
        SchemaParts found;
        if (const int code = read_schema(connection.handle(), found); code != SQLITE_OK)
            return connection.error(code);
        for (std::string& problem : schema_problems(found))
            report.add_problem(std::move(problem));
        return false;
    }

    Result<bool> check_store_id(Connection& connection) {
        auto id = read_store_id(connection);
        if (!id && id.error() != errc::corrupt)
            return std::move(id).error();
        if (!id)
            report.add_problem(id.error().message());
        return false;
    }

    /// All pages of the file, and each index against its table.
    Result<bool> check_pages(Connection& connection) {
        Statement row(connection, Sql::check_pages);
        for (;;) {
            auto stepped = row.step();
            if (!stepped || !*stepped)
                return stepped;
            if (row.bytes(0) != "ok")
                report.add_problem("SQLite's integrity check: " + std::string(row.bytes(0)));
        }
    }

    /// That the rows to which other rows refer exist.
    Result<bool> check_references(Connection& connection) {
        Statement row(connection, Sql::check_references);
        for (;;) {
            auto stepped = row.step();
            if (!stepped || !*stepped)
                return stepped;
            if (!row.bytes(0).starts_with("es_")) // a table of the application
                continue;
            report.add_problem(std::string(row.bytes(0)) +
                               (row.is_null(1) ? "" : ", row " + std::to_string(row.integer(1))) +
                               ": it names a row of " + std::string(row.bytes(2)) +
                               " that does not exist");
        }
    }

    /// Progress, rows, parked events and snapshots: that readers can find and read each.
    Result<bool> check_progress(Connection& connection) {
        auto done = each_row(connection, Sql::check_progress, "es_checkpoints", [&](auto& row) {
            const auto stored = read_progress(connection, row);
            if (!stored)
                return Result<void>(stored.error());
            auto good = check_progress_key(stored->key);
            return good ? detail::check_progress(stored->progress) : good;
        });
        if (!done)
            return std::move(done).error();
        done = each_row(connection, Sql::check_rows, "es_rows",
                        [](auto& row) { return check_row_key(row.bytes(1)); });
        if (!done)
            return std::move(done).error();
        done = each_row(connection, Sql::check_snapshots, "es_snapshots", [&](auto& row) {
            if (const auto stream = StreamNameView::parse(row.bytes(1)); !stream)
                return Result<void>(stream.error());
            if (row.integer(5) != 16)
                return Result<void>(Error(errc::corrupt, "the id of its event has " +
                                                             std::to_string(row.integer(5)) +
                                                             " bytes, expected 16"));
            return check_snapshot_name(row.bytes(2), row.bytes(3));
        });
        if (!done)
            return std::move(done).error();
        return check_parked_events(connection);
    }

    /// The next rows of es_stream_events: that each agrees with its event, and that the events of a
    /// stream are where readers look, with the revisions from 0 on.
    Result<bool> check_streams(Connection& connection) {
        Statement row(connection, Sql::check_stream_events);
        row.bind(last_key_).bind(page_size);
        for (std::int64_t i = 0; i < page_size; ++i) {
            auto stepped = row.step();
            if (!stepped || !*stepped)
                return stepped;
            const std::int64_t key = row.integer(0);
            if (key <= last_key_)
                return out_of_order("key", key, last_key_);
            last_key_ = key;
            if (auto done = check_stream_event(connection, row); !done)
                return std::move(done).error();
        }
        return true;
    }

    /// The next events as they are in the file; `check_content` looks at their bytes when the
    /// transaction has ended.
    Result<bool> check_events(Connection& connection) {
        page_ = Page();
        connection.types().clear(); // to check the rows themselves
        if (before_first_) {        // events appended after this are not checked
            auto head = read_head(connection);
            if (!head)
                return std::move(head).error();
            head_ = *head;
        }
        std::size_t bytes = 0;
        Statement row(connection, Sql::read_all);
        row.bind(last_position_).bind(page_size);
        std::int64_t seen = 0;
        while (bytes < max_page_bytes && (before_first_ || last_position_ < head_)) {
            auto stepped = row.step();
            if (!stepped)
                return std::move(stepped).error();
            if (!*stepped)
                break;
            if (!before_first_ && row.integer(0) <= last_position_)
                return out_of_order("position", row.integer(0), last_position_);
            ++seen;
            check_position(row.integer(0));
            if (auto done = check_row(connection, row); !done)
                return std::move(done).error();
            bytes += row.bytes(6).size() + row.bytes(7).size();
        }
        report.events += static_cast<std::uint64_t>(seen);
        return seen > 0;
    }

    template <class... Vs>
    void check_content() {
        for (const EventRecord& record : page_.records())
            shared::check_content<Vs...>(report, record);
    }

private:
    /// Reading on after such a row might not end.
    static Error out_of_order(const std::string& what, std::int64_t found, std::int64_t last) {
        return Error(errc::corrupt, what + " " + std::to_string(found) + " is stored after " +
                                        what + " " + std::to_string(last) +
                                        ": the pages of the file are out of order; take it from a "
                                        "backup");
    }

    /// Adds what `check(row)` finds wrong in each row; the first column is the rowid.
    template <class F>
    Result<void> each_row(Connection& connection, Sql which, const std::string& table, F&& check) {
        Statement row(connection, which);
        for (auto last = std::numeric_limits<std::int64_t>::min();;) {
            auto stepped = row.step();
            if (!stepped)
                return std::move(stepped).error();
            if (!*stepped)
                return {};
            if (row.integer(0) <= last)
                return out_of_order(table + ", row", row.integer(0), last);
            last = row.integer(0);
            if (const Result<void> good = check(row); !good)
                report.add_problem(table + ", row " + std::to_string(last) + ": " +
                                   good.error().message());
        }
    }

    Result<bool> check_parked_events(Connection& connection) {
        Statement row(connection, Sql::check_parked);
        for (std::tuple<std::int64_t, std::string, std::int64_t> last;;) {
            auto stepped = row.step();
            if (!stepped || !*stepped)
                return stepped;
            const std::tuple here(row.integer(10), std::string(row.bytes(0)), row.integer(1));
            if (here <= last)
                return Error(errc::corrupt, "es_parked: its rows are out of order; take the file "
                                            "from a backup");
            last = here;
            const auto event = read_parked(connection, row);
            const auto good = event ? check_parked(*event) : Result<void>(event.error());
            if (!good)
                report.add_problem("es_parked: " + good.error().message());
        }
    }

    Result<void> check_stream_event(Connection& connection, const Statement& row) {
        const std::int64_t key = row.integer(0);
        const std::string_view name = row.bytes(1);
        const std::int64_t position = row.integer(2);
        const bool has_event = row.integer(3) != 0;
        const bool same_as_event = has_event && row.integer(4) == 1;
        const auto wrong = [&](const std::string& what) {
            report.add_problem("stream " + in_quotes(name, 256) + ": " + what);
        };
        const StreamKeys keys{key >> 32 << 32};
        const std::int64_t revision = key - keys.first;
        if (keys != stream_ || name != stream_name_) {
            ++report.streams;
            stream_ = keys;
            stream_name_ = name;
            next_revision_ = 0;
            const auto parsed = StreamNameView::parse(name);
            if (!parsed) {
                wrong("it is not a valid name");
            } else {
                const auto place = find_stream(connection, *parsed);
                if (!place && place.error() != errc::corrupt)
                    return place.error();
                if (!place)
                    report.add_problem(place.error().message());
                else if (place->keys != keys)
                    wrong("its events have keys from " + std::to_string(keys.first) +
                          " on, but readers look for them from " +
                          std::to_string(place->keys.first) + " on");
            }
        }
        if (revision != next_revision_)
            wrong(shared::missing("revision", next_revision_, revision));
        next_revision_ = revision + 1;
        if (!same_as_event)
            wrong("revision " + std::to_string(revision) + " is said to be the event at position " +
                  std::to_string(position) +
                  (has_event ? ", which is another one, or has other content"
                             : ", which is missing"));
        return {};
    }

    /// That a reader of its stream finds `record`, the event at `position`.
    Result<void> check_in_stream(Connection& connection, const EventRecord& record,
                                 std::int64_t position) {
        const auto revision = to_sqlite(record.revision.value());
        const auto is_at = [&](const StreamKeys& keys) -> Result<bool> {
            Statement row(connection, Sql::stream_event_position);
            auto found = row.bind(keys.at(revision)).step();
            return found && *found ? row.integer(0) == position : found;
        };
        auto there = is_at(stream_keys(record.stream)); // where nearly all streams are
        if (!there)
            return std::move(there).error();
        if (*there)
            return {};
        const auto name = StreamNameView::parse(record.stream);
        const auto place = find_stream(connection, *name);
        if (!place && place.error() != errc::corrupt)
            return place.error();
        if (place)
            there = is_at(place->keys);
        if (!there)
            return std::move(there).error();
        if (!*there)
            shared::add_problem(
                report, record,
                "it is missing in es_stream_events, so readers of its stream don't find it");
        return {};
    }

    void check_position(std::int64_t position) {
        if (position < 1)
            report.add_problem("position " + std::to_string(position) + ": positions begin at 1");
        else if (const auto expected = std::max<std::int64_t>(last_position_, 0) + 1;
                 position != expected)
            report.add_problem(shared::missing("position", expected, position));
        last_position_ = position;
        before_first_ = false;
    }

    Result<void> check_row(Connection& connection, const Statement& row) {
        auto read = read_record(connection, connection.types(), row);
        if (!read) {
            report.add_problem(read.error().message());
            return {};
        }
        page_.add(read->record);
        const EventRecord& record = page_.records().back();
        if (auto found = check_in_stream(connection, record, read->position); !found)
            return found;
        std::int64_t count = 0;
        Statement tag(connection, Sql::read_tags);
        tag.bind(read->position);
        for (; count <= to_sqlite(max_tags); ++count) { // a damaged index may have no end
            auto stepped = tag.step();
            if (!stepped)
                return std::move(stepped).error();
            if (!*stepped)
                break;
            const std::string_view name = tag.bytes(0);
            if (name.empty() || name.size() > max_tag_size || !valid_utf8(name))
                shared::add_problem(report, record, "it has the tag " + in_quotes(name));
        }
        if (count != read->tag_count)
            shared::add_problem(report, record,
                                "it has " + std::to_string(count) + " tags, expected " +
                                    std::to_string(read->tag_count));
        return {};
    }

    std::int64_t last_key_ = std::numeric_limits<std::int64_t>::min();
    StreamKeys stream_{-1}; // of the last key
    std::string stream_name_{};
    std::int64_t next_revision_ = 0;
    std::int64_t last_position_ = std::numeric_limits<std::int64_t>::min();
    std::int64_t head_ = 0;
    bool before_first_ = true; // no event was read yet
    Page page_{};
};

/// One check of a whole file, by name.
struct Check {
    /// What the report says when the check is complete.
    const char* name;
    /// Called again as long as it returns true.
    Result<bool> (Verifier::*step)(Connection&);
    /// Called after each step, outside the transaction.
    void (Verifier::*afterwards)() = nullptr;
};

/// All of them, in order.
template <class... Vs>
inline constexpr Check checks[] = {
    {"the tables, indexes and triggers are those of this library", &Verifier::check_schema},
    {"the store has an id", &Verifier::check_store_id},
    {"SQLite's integrity check of all pages and indexes, in one read transaction",
     &Verifier::check_pages},
    {"the rows that others refer to exist, in one read transaction", &Verifier::check_references},
    {"progress, rows, parked events and snapshots can be found and read, in one read transaction",
     &Verifier::check_progress},
    {"the events of each stream have the revisions from 0 on, each as it is in the order of "
     "positions, read in pages",
     &Verifier::check_streams},
    {"positions without gaps, and each record with its stream, type, tags, metadata and data, read "
     "in pages",
     &Verifier::check_events, &Verifier::check_content<Vs...>},
};

/// Runs a step in a read transaction, which `go_on` can end.
template <class GoOn>
Result<bool> run_step(Verifier& verifier, const Check& check, Connection& connection, GoOn go_on) {
    ReadTransaction transaction(connection);
    if (auto begun = transaction.begin(); !begun)
        return std::move(begun).error();
    Result<void> told;
    const auto ask = [&] {
        told = go_on();
        return told.has_value();
    };
    const Interruptible interruptible(connection, ask);
    auto more = (verifier.*check.step)(connection);
    if (!more && !told)
        return std::move(told).error();
    return more;
}

/// Runs all checks. `maintain(work)` calls `work(Connection&, go_on)` with a reading connection and
/// returns its result; nothing is held between two calls.
template <class... Vs, class Maintain>
Result<VerifyReport> verify(Maintain maintain) {
    // Whether the caller or the store ended it, or the file is not the one that was opened: then
    // there is no report. Any other error that ends a check is in the report.
    const auto called_off = [](const Error& error) {
        return error == errc::cancelled || error == errc::timed_out || error == errc::closed ||
               error == errc::unsupported || error == errc::unavailable;
    };
    Verifier verifier;
    for (const Check& check : checks<Vs...>) {
        Result<bool> more = true;
        while (more && *more) {
            more = maintain([&](Connection& connection, auto go_on) {
                return run_step(verifier, check, connection, go_on);
            });
            if (more && check.afterwards)
                (verifier.*check.afterwards)();
        }
        if (more)
            verifier.report.checked.emplace_back(check.name);
        else if (called_off(more.error()))
            return std::move(more).error();
        else
            verifier.report.add_problem("could not be checked to its end: " +
                                        std::string(check.name) + ": " + more.error().message());
    }
    return std::move(verifier.report);
}

} // namespace eventsourcing::detail::sqlite

#endif
