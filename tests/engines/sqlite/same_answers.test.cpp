// SPDX-License-Identifier: MIT
// A memory store, a SQLite store and an AnyStore of each give the same answers to the same calls.
#include "engines/sqlite/same_answers.hpp"

#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"
#include "store/notes.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

using namespace same_answers;
using namespace std::chrono_literals;
using notes::Note, notes::Notes;
using sqlite_tests::Folder, sqlite_tests::fast_place, sqlite_tests::open_store;

namespace {

/// Texts that stores might mix up, or cut.
const std::string with_nul("a\0b", 3);
const std::string no_utf8 = "\xFF";
const std::string too_long(2'000, 'x');

class Stores {
public:
    explicit Stores(const Folder& folder)
        : sqlite_(open_store(folder / "a.db", options())),
          any_sqlite_(open_store(folder / "b.db", options())) {}

    /// Makes one call to each, and compares what they say.
    template <class Call>
    std::string same(const std::string& what, const Call& call) {
        const std::string expected = call(memory);
        INFO(what);
        CHECK(call(sqlite_) == expected);
        CHECK(call(any_memory_) == expected);
        CHECK(call(any_sqlite_) == expected);
        return expected;
    }

    void close() {
        memory.close();
        sqlite_.close();
        CHECK(any_memory_.close());
        CHECK(any_sqlite_.close());
    }

    es::FixedEnvironment world{};
    es::MemoryStore memory{world};

private:
    [[nodiscard]] es::SqliteOptions options() const {
        return {.durability = es::SqliteDurability::relaxed, .environment = world};
    }

    es::SqliteStore sqlite_;
    es::AnyStore any_memory_{es::MemoryStore{world}};
    es::AnyStore any_sqlite_;
};

class RandomCalls {
public:
    RandomCalls(Stores& stores, std::uint32_t seed) : stores_(stores), chance_(seed) {}

    /// The kind of answer.
    std::string next() {
        const es::CallOptions call = options();
        switch (chance_.below(18)) {
        case 0:
        case 1:
        case 2:
            return append(call);
        case 3:
            return append_unchecked(call);
        case 4:
            return append_if(call);
        case 5:
        case 6:
            return append_all(call);
        case 7:
            return read_stream(call);
        case 8:
            return read_all(call);
        case 9:
            return find_event(call);
        case 10:
            return head(call);
        case 11:
            return wait(call);
        case 12:
        case 13:
            return commit_progress(call);
        case 14:
            return load(call);
        case 15:
            return drop_or_list(call);
        case 16:
            return save_snapshot(call);
        default:
            return load_snapshot(call);
        }
    }

private:
    struct Sent {
        std::string stream;
        es::ExpectedRevision expected;
        Notes<> notes;
    };

    // ---- what is passed ----------------------------------------------------------------------

    es::CallOptions options() {
        es::CallOptions call;
        if (!chance_.one_in(12))
            return call;
        const auto now = es::Environment(stores_.world).steady_now();
        switch (chance_.below(5)) {
        case 0:
            stopped_.request_stop();
            call.stop = stopped_.get_token();
            break;
        case 1:
            call.timeout = 0s;
            break;
        case 2:
            call.timeout = 1h;
            break;
        case 3:
            call.deadline = now - 1s;
            break;
        default:
            call.deadline = now + 1h;
        }
        return call;
    }
    std::string stream() { return chance_.any_of<std::string>("a-1", "a-2", "b-1", "c-x:y"); }
    es::Revision revision() {
        return es::Revision{chance_.any_of<std::uint64_t>(
            0, 1, 2, 3, 7, 20, std::uint64_t{1} << 63U, std::numeric_limits<std::uint64_t>::max())};
    }
    es::ExpectedRevision expected(const std::string& of) {
        switch (chance_.below(6)) {
        case 0:
            return es::ExpectedRevision::no_stream();
        case 1:
            return es::ExpectedRevision::exists();
        case 2:
            return es::ExpectedRevision::exactly(revision());
        default: { // what is there
            const auto last = stores_.memory.read_stream(
                *es::StreamNameView::parse(of), {.direction = es::Direction::backward, .limit = 1});
            return last && !last->empty()
                       ? es::ExpectedRevision::exactly(last->records()[0].revision)
                       : es::ExpectedRevision::no_stream();
        }
        }
    }
    std::optional<es::Position> position() {
        const auto head = stores_.memory.head();
        const std::uint64_t last = head && *head ? (*head)->value() : 0;
        switch (chance_.below(5)) {
        case 0:
            return std::nullopt;
        case 1:
            return es::Position{last + chance_.below(2)};
        case 2:
            return es::Position{chance_.below(static_cast<std::uint32_t>(last) + 1),
                                chance_.below(2)};
        case 3:
            return es::Position{std::numeric_limits<std::uint64_t>::max()};
        default:
            return es::Position{chance_.below(static_cast<std::uint32_t>(last) + 1)};
        }
    }
    es::Query query() {
        es::Query out;
        for (std::uint32_t items = chance_.below(3); items > 0; --items) {
            es::Query::Item& item = out.items.emplace_back();
            for (std::uint32_t n = chance_.below(3); n > 0; --n)
                item.types.push_back(chance_.any_of<std::string>(
                    "notes.written", "notes.counted", "notes.filed", "none.such", "", with_nul));
            for (std::uint32_t n = chance_.below(3); n > 0; --n)
                item.tags.push_back(chance_.any_of<std::string>("drawer:a", "drawer:b", "x", "y",
                                                                "none", "", no_utf8, with_nul));
        }
        return out;
    }
    es::AppendCondition condition() { return {.fail_if_exists = query(), .after = position()}; }
    Note note() {
        switch (chance_.below(3)) {
        case 0:
            return notes::Written{chance_.any_of<std::string>("", "ä", "\"\\\n")};
        case 1:
            return notes::Counted{chance_.below(3)};
        default:
            return notes::Filed{chance_.any_of<std::string>("a", "b")};
        }
    }
    Sent fresh() {
        const std::string to = stream();
        std::vector<Note> events;
        for (std::uint32_t n = chance_.one_in(20) ? 0 : 1 + chance_.below(3); n > 0; --n)
            events.push_back(note());
        Sent sent{to, expected(to), Notes<>(std::move(events))};
        if (chance_.one_in(3))
            sent.notes.metadata.correlation_id = "request";
        if (chance_.one_in(3))
            sent.notes.tags = {chance_.any_of<std::string>("x", "y"), "x"};
        if (chance_.one_in(30))
            sent.notes.tags = {chance_.any_of<std::string>("", no_utf8, too_long)};
        else if (chance_.one_in(30) && !sent.notes.ids.empty())
            sent.notes.ids.back() = chance_.any_of(es::Uuid{}, sent.notes.ids.front());
        return sent;
    }
    /// One that was sent before, or nearly.
    Sent again() {
        Sent sent = sent_[chance_.below(static_cast<std::uint32_t>(sent_.size()))];
        Notes<>& notes = sent.notes;
        switch (chance_.below(10)) {
        case 0:
            sent.stream = stream();
            break;
        case 1:
            sent.expected = expected(sent.stream);
            break;
        case 2:
            if (!notes.events.empty())
                notes.events.back() = note();
            break;
        case 3:
            if (!notes.events.empty()) {
                notes.events.pop_back();
                notes.ids.pop_back();
            }
            break;
        case 4:
            notes.events.push_back(note());
            notes.ids.push_back(es::Environment{}.new_id());
            break;
        case 5: {
            const Sent& other = sent_[chance_.below(static_cast<std::uint32_t>(sent_.size()))];
            notes.events.insert(notes.events.end(), other.notes.events.begin(),
                                other.notes.events.end());
            notes.ids.insert(notes.ids.end(), other.notes.ids.begin(), other.notes.ids.end());
            notes.tags.clear(); // of two faults each store may name another
            break;
        }
        case 6:
            std::reverse(notes.events.begin(), notes.events.end());
            std::reverse(notes.ids.begin(), notes.ids.end());
            break;
        case 7:
            notes.metadata.causation_id = chance_.any_of<std::string>("", "other");
            break;
        case 8:
            notes.recorded_at = notes.recorded_at + 1s;
            break;
        default:
            break;
        }
        return sent;
    }
    Sent to_send() {
        Sent sent = sent_.empty() || !chance_.one_in(3) ? fresh() : again();
        sent_.push_back(sent);
        return sent;
    }

    // ---- events ------------------------------------------------------------------------------

    /// Calls `f` with a batch, as its own types or as bytes.
    template <class F>
    std::string with_batch(const Sent& sent, const F& f) {
        const bool typed = chance_.one_in(2);
        return stores_.same(
            joined({"to ", sent.stream, " at ", es::detail::describe(sent.expected)}),
            [&](const auto& store) {
                const auto batch = sent.notes.batch();
                const auto name = *es::StreamNameView::parse(sent.stream);
                return typed ? text(f(store, name, batch))
                             : text(f(store, name, es::EventBatch(batch)));
            });
    }
    std::string append(const es::CallOptions& call) {
        const Sent sent = to_send();
        const auto when = chance_.one_in(3) ? condition() : es::AppendCondition{};
        return with_batch(sent, [&](const auto& store, auto name, const auto& batch) {
            return store.append(name, sent.expected, batch, when, call);
        });
    }
    std::string append_unchecked(const es::CallOptions& call) {
        return with_batch(to_send(), [&](const auto& store, auto name, const auto& batch) {
            return store.append_unchecked(name, batch, call);
        });
    }
    std::string append_if(const es::CallOptions& call) {
        const auto when = condition();
        return with_batch(to_send(), [&](const auto& store, auto name, const auto& batch) {
            return store.append_if(name, batch, when, call);
        });
    }
    std::string append_all(const es::CallOptions& call) {
        std::vector<Sent> parts;
        if (!sent_together_.empty() && chance_.one_in(3)) {
            parts =
                sent_together_[chance_.below(static_cast<std::uint32_t>(sent_together_.size()))];
            if (!parts.empty() && chance_.one_in(3))
                parts.pop_back();
            else if (chance_.one_in(3))
                parts.push_back(to_send());
            else if (!parts.empty() && chance_.one_in(3))
                parts.front().expected = expected(parts.front().stream);
        } else {
            for (std::uint32_t n = chance_.below(4); n > 0; --n) {
                parts.push_back(to_send());
                if (chance_.one_in(4))
                    parts.back().notes = Notes<>({});
            }
        }
        sent_together_.push_back(parts);
        std::string what = "to all of";
        for (const Sent& part : parts)
            what += joined({" ", part.stream, " (", text(part.notes.events.size()), ") at ",
                            es::detail::describe(part.expected), ";"});
        return stores_.same(what, [&](const auto& store) {
            std::vector<es::StreamBatch> batches;
            std::vector<std::vector<es::NewEvent>> encoded;
            std::vector<es::Batch<Note>*> kept;
            for (const Sent& part : parts) {
                kept.push_back(new es::Batch<Note>(part.notes.events, part.notes.ids,
                                                   part.notes.recorded_at, &part.notes.metadata,
                                                   part.notes.tags));
                batches.push_back(
                    {*es::StreamNameView::parse(part.stream), part.expected, *kept.back()});
            }
            const auto answer = text(store.append_all(batches, call));
            for (const auto* batch : kept)
                delete batch;
            return answer;
        });
    }
    std::string read_stream(const es::CallOptions& call) {
        const std::string of = chance_.one_in(8) ? "none-1" : stream();
        const es::StreamRead which{
            .from = chance_.one_in(2) ? std::optional(revision()) : std::nullopt,
            .direction = chance_.any_of(es::Direction::forward, es::Direction::backward),
            .limit = limit()};
        return stores_.same(
            joined({"read ", of, " from ", text(which.from)}), [&](const auto& store) {
                return read_to_end(store, *es::StreamNameView::parse(of), which, call);
            });
    }
    std::string read_all(const es::CallOptions& call) {
        const es::AllRead which{.after = position(), .query = query(), .limit = limit()};
        return stores_.same(joined({"read all after ", text(which.after)}),
                            [&](const auto& store) { return read_to_end(store, which, call); });
    }
    std::size_t limit() { return chance_.any_of<std::size_t>(1, 2, 3, 500, 4'096, 0, 4'097); }
    std::string find_event(const es::CallOptions& call) {
        es::Uuid id = es::Environment{}.new_id();
        if (!sent_.empty() && !chance_.one_in(4)) {
            const Sent& sent = sent_[chance_.below(static_cast<std::uint32_t>(sent_.size()))];
            if (!sent.notes.ids.empty())
                id = sent.notes.ids.back();
        }
        return stores_.same("find an event",
                            [&](const auto& store) { return text(store.find_event(id, call)); });
    }
    std::string head(const es::CallOptions& call) {
        return stores_.same("head", [&](const auto& store) { return text(store.head(call)); });
    }
    std::string wait(es::CallOptions call) {
        if (!call.stop.stop_requested())
            call.timeout = 0s;
        const auto after = position();
        return stores_.same(joined({"wait after ", text(after)}), [&](const auto& store) {
            return text(store.wait_for_append(after, call));
        });
    }

    // ---- progress ----------------------------------------------------------------------------

    es::ProgressKey key() {
        if (chance_.one_in(40))
            return {.name = chance_.any_of<std::string>("", with_nul, no_utf8, too_long)};
        return {.name = chance_.any_of<std::string>("a", "b", "A"),
                .fingerprint = chance_.any_of<std::string>("", "f"),
                .rebuild = chance_.one_in(3)};
    }
    std::string row_key() {
        return chance_.one_in(40) ? chance_.any_of(with_nul, no_utf8, too_long)
                                  : chance_.any_of<std::string>("", "k", "K", "ä", "k2");
    }
    es::Timestamp time() {
        return chance_.one_in(30)
                   ? es::Timestamp::from_unix(std::numeric_limits<std::int64_t>::max() / 2)
                   : es::Timestamp::from_unix(chance_.any_of<std::int64_t>(0, -1, 1'767'225'600),
                                              123'456'789);
    }
    es::Progress progress(const std::optional<es::Progress>& loaded) {
        es::Progress next = loaded.value_or(es::Progress{});
        if (!chance_.one_in(4))
            next.checkpoint.position = es::Position{chance_.below(9), chance_.one_in(4) ? 1U : 0U};
        if (chance_.one_in(4))
            next.checkpoint.event_id = es::Environment{}.new_id();
        if (chance_.one_in(8))
            next.checkpoint.store_id = chance_.any_of(es::Uuid{}, es::Environment{}.new_id());
        next.owner = chance_.any_of<std::string>("", "me", "you");
        if (chance_.one_in(3))
            next.fence += chance_.any_of<std::uint64_t>(1, 2, ~std::uint64_t{0});
        if (chance_.one_in(60))
            next.fence = std::numeric_limits<std::uint64_t>::max();
        next.status = chance_.one_in(40) ? no_utf8 : chance_.any_of<std::string>("", "live");
        next.failure = std::nullopt;
        if (chance_.one_in(4))
            next.failure = {.message = chance_.any_of<std::string>("", "why", with_nul, no_utf8),
                            .since = time(),
                            .attempts = revision().value()};
        if (next.failure && chance_.one_in(2))
            next.failure->stream = es::StreamName("a-1");
        if (next.failure && chance_.one_in(2))
            next.failure->revision = revision();
        return next;
    }
    std::string commit_progress(const es::CallOptions& call) {
        es::ProgressCommit commit{.key = key()};
        const auto loaded = stores_.memory.load_progress(commit.key);
        commit.loaded = loaded ? *loaded : std::nullopt;
        if (chance_.one_in(6) && !seen_.empty())
            commit.loaded = seen_[chance_.below(static_cast<std::uint32_t>(seen_.size()))];
        commit.next = chance_.one_in(10) && loaded && *loaded ? **loaded : progress(commit.loaded);
        seen_.emplace_back(commit.next);
        for (std::uint32_t n = chance_.below(4); n > 0; --n)
            commit.rows.push_back({.key = row_key(),
                                   .data = chance_.one_in(3)
                                               ? std::nullopt
                                               : std::optional(chance_.any_of<std::string>(
                                                     "", "1", "2", with_nul, no_utf8))});
        for (std::uint32_t n = chance_.below(3); n > 0; --n)
            commit.unpark.push_back({.key = row_key(), .sequence = chance_.below(3)});
        for (std::uint32_t n = chance_.below(3); n > 0; --n)
            commit.park.push_back(parked());
        commit.replaces_live = commit.key.rebuild ? chance_.one_in(3) : chance_.one_in(40);
        if (chance_.one_in(5)) {
            commit.rows = {};
            commit.park = {};
            commit.unpark = {};
        }
        return stores_.same(
            joined({"commit ", es::detail::describe(commit.key), " from ", text(commit.loaded),
                    " to ", text(commit.next),
                    commit.replaces_live ? " instead of the live one" : ""}),
            [&](const auto& store) { return text(store.commit_progress(commit, call)); });
    }
    es::ParkedEvent parked() {
        es::ParkedEvent event{.key = row_key(),
                              .sequence =
                                  chance_.one_in(30) ? revision().value() : chance_.below(3),
                              .stream = es::StreamName("a-1"),
                              .revision = chance_.one_in(10) ? revision() : es::Revision{1}};
        if (chance_.one_in(2))
            event.position = es::Position{chance_.below(3), chance_.below(2)};
        if (chance_.one_in(2))
            event.failure = chance_.any_of<std::string>("", "why", with_nul);
        event.event_id = chance_.any_of(es::Uuid{}, es::Environment{}.new_id());
        event.attempts = chance_.one_in(20) ? revision().value() : 1;
        event.parked_at = time();
        return event;
    }
    std::string load(const es::CallOptions& call) {
        const es::ProgressKey of = key();
        const std::string row = row_key();
        const auto after = chance_.one_in(2) ? std::optional(row) : std::nullopt;
        const std::size_t most = limit();
        return stores_.same(
            joined({"load ", es::detail::describe(of), ", row ", text(row), ", after ", text(after),
                    ", at most ", text(std::uint64_t{most})}),
            [&](const auto& store) {
                return joined({text(store.load_progress(of, call)), "\nrow ",
                               text(store.load_row(of, row, call)), "\nrows ",
                               text(store.load_rows(of, after, most, call)), "\nparked ",
                               text(store.load_parked(of, after, most, call))});
            });
    }
    std::string drop_or_list(const es::CallOptions& call) {
        if (!chance_.one_in(3))
            return stores_.same("list progress",
                                [&](const auto& store) { return text(store.list_progress(call)); });
        const es::ProgressKey of = key();
        return stores_.same(joined({"drop ", es::detail::describe(of)}),
                            [&](const auto& store) { return text(store.drop_progress(of, call)); });
    }

    // ---- snapshots ---------------------------------------------------------------------------

    std::string label() {
        return chance_.one_in(20) ? chance_.any_of<std::string>("", with_nul, no_utf8, too_long)
                                  : chance_.any_of<std::string>("x", "y");
    }
    std::string save_snapshot(const es::CallOptions& call) {
        const es::Snapshot snapshot{.stream = es::StreamName(*es::StreamNameView::parse(stream())),
                                    .kind = label(),
                                    .fingerprint = label(),
                                    .revision = revision(),
                                    .event_id =
                                        chance_.any_of(es::Uuid{}, es::Environment{}.new_id()),
                                    .data = chance_.any_of<std::string>("", "1", with_nul)};
        return stores_.same(joined({"save ", text(snapshot)}), [&](const auto& store) {
            return text(store.save_snapshot(snapshot, call));
        });
    }
    std::string load_snapshot(const es::CallOptions& call) {
        const std::string of = stream();
        const std::string kind = label();
        const std::string fingerprint = label();
        const bool prunes = chance_.one_in(4);
        return stores_.same(
            joined({prunes ? "prune " : "load ", text(kind), " ", text(fingerprint)}),
            [&](const auto& store) {
                return prunes ? text(store.prune_snapshots(kind, fingerprint, call))
                              : text(store.load_snapshot(*es::StreamNameView::parse(of), kind,
                                                         fingerprint, call));
            });
    }

    Stores& stores_;
    Chance chance_;
    std::stop_source stopped_{};
    std::vector<Sent> sent_{};
    std::vector<std::vector<Sent>> sent_together_{};
    std::vector<std::optional<es::Progress>> seen_{};
};

} // namespace

TEST_CASE(
    "To random calls a memory store, a SQLite store and any store of either answer the same") {
    const auto seed = GENERATE(range(1U, 31U));
    const Folder folder(fast_place());
    Stores stores(folder);
    RandomCalls calls(stores, seed);
    std::set<std::string> kinds;
    for (int i = 0; i < 400; ++i) {
        INFO("seed " << seed << ", call " << i);
        const std::string answer = calls.next();
        kinds.insert(answer.substr(0, answer.find(':')).substr(0, 8));
    }
    CHECK(kinds.size() > 10); // or little was put to the test
    stores.close();
    for (int i = 0; i < 40; ++i) {
        INFO("seed " << seed << ", call " << i << " after the close");
        static_cast<void>(calls.next());
    }
}
