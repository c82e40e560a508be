// SPDX-License-Identifier: MIT
// A store within a store that others use, too: its streams have a prefix of their own, and
// everything is what is in them. So a suite that wants an empty store can run against a live
// server.
#ifndef EVENTSOURCING_TESTS_ENGINES_EVENTSTOREDB_SCOPED_STORE_HPP
#define EVENTSOURCING_TESTS_ENGINES_EVENTSTOREDB_SCOPED_STORE_HPP

#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/store/event_store.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace esdb_tests {

namespace es = eventsourcing;

/// A prefix that no other run has, and from where on everything is of this run.
struct Scope {
    std::string prefix = "t" + es::Environment{}.new_id().to_string().substr(24) + "." +
                         es::Environment{}.new_id().to_string().substr(0, 8) + ".";
    std::optional<es::Position> begin{};
};

template <class Store>
class ScopedStore {
public:
    static constexpr es::Capabilities capabilities = Store::capabilities;

    ScopedStore(Store store, Scope scope) : store_(std::move(store)), scope_(std::move(scope)) {}

    [[nodiscard]] Store& inside() { return store_; }
    [[nodiscard]] es::StreamName name(es::StreamNameView stream) const {
        return *es::StreamName::parse(category(scope_.prefix) + stream.str());
    }

    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) {
        auto done = store_.append(name(stream), expected, batch, condition, call);
        if (!done && done.error().conflict()) {
            auto conflict = *done.error().conflict();
            conflict.stream = stream.str();
            return std::move(done).error().with_conflict(std::move(conflict));
        }
        return done;
    }
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                             const es::CallOptions& call = {}) {
        return store_.append_unchecked(name(stream), batch, call);
    }
    [[nodiscard]] es::Result<es::Page> read_stream(es::StreamNameView stream,
                                                   const es::StreamRead& which = {},
                                                   const es::CallOptions& call = {}) const {
        return own(store_.read_stream(name(stream), which, call));
    }
    [[nodiscard]] es::Result<es::Page> read_all(const es::AllRead& which = {},
                                                const es::CallOptions& call = {}) const {
        auto moved = which;
        moved.after = which.after ? which.after : scope_.begin;
        return own(store_.read_all(moved, call));
    }
    /// Also woken by what others append, so it looks.
    [[nodiscard]] es::Result<bool> wait_for_append(std::optional<es::Position> after,
                                                   const es::CallOptions& call = {}) const {
        for (es::AllRead next{.after = after ? after : scope_.begin};;) {
            auto woken = store_.wait_for_append(next.after, call);
            if (!woken || !*woken)
                return woken;
            auto page = read_all(next);
            if (!page)
                return std::move(page).error();
            if (!page->empty())
                return true;
            next.after = page->last_position;
        }
    }
    void close() { store_.close(); }

private:
    /// A category holds no dash.
    static std::string category(const std::string& prefix) {
        std::string out = prefix;
        for (char& c : out)
            c = c == '-' ? '.' : c;
        return out;
    }

    [[nodiscard]] es::Result<es::Page> own(es::Result<es::Page> read) const {
        if (!read)
            return read;
        const auto prefix = category(scope_.prefix);
        es::Page page;
        for (es::EventRecord record : read->records())
            if (record.stream.starts_with(prefix)) {
                record.stream.remove_prefix(prefix.size());
                page.add(record);
            }
        page.at_end = read->at_end;
        page.next_revision = read->next_revision;
        page.last_position = read->last_position;
        page.left_out = read->left_out;
        return page;
    }

    Store store_;
    Scope scope_;
};

/// A new scope that begins at the end of the store.
template <class Store>
es::Result<ScopedStore<Store>> scoped(Store store) {
    Scope scope;
    for (es::AllRead next{.limit = 4096};;) {
        auto page = store.read_all(next);
        if (!page)
            return std::move(page).error();
        next.after = scope.begin = page->last_position;
        if (page->at_end)
            return ScopedStore<Store>(std::move(store), std::move(scope));
    }
}

} // namespace esdb_tests

#endif
