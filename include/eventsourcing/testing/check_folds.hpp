// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_CHECK_FOLDS_HPP
#define EVENTSOURCING_TESTING_CHECK_FOLDS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/event_codec.hpp>
#include <eventsourcing/codec/fingerprint.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/codec/schema_text.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/sha256.hpp>
#include <eventsourcing/testing/explain_folds.hpp>
#include <eventsourcing/testing/given.hpp>
#include <eventsourcing/testing/schema_lock.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace eventsourcing {

namespace detail::schema {

/// Folds a golden history, event by event.
template <class A>
class GoldenFold {
public:
    template <class E>
    void add(const E& event) {
        if (!done_)
            return;
        ++events_;
        std::string text;
        done_ = EventCodec<E>::encode(event, text);
        if (!done_)
            return;
        history_.add(EventCodec<E>::type(event)).add(" ").add(EventCodec<E>::version(event));
        history_.add(" ").add(text).add("\n");
        if (!apply_given<A>(state_, event)) {
            done_ = state_.error();
            return;
        }
        auto json = encode_json(*state_);
        if (!json)
            done_ = std::move(json).error().within("the state");
        else
            states_.add(*json).add("\n");
    }

    /// `5 events`, the digests of them and of the states after each, and the fingerprint, which
    /// says whether these states may differ from others.
    [[nodiscard]] Result<std::string> digest() const {
        if (!done_)
            return Error(done_.error())
                .as(errc::invalid)
                .within(joined({"event ", std::to_string(events_ - 1), " of the golden history"}));
        return joined({std::to_string(events_), " events ", short_hex(history_), " ",
                       short_hex(states_), " ", state_fingerprint<A>().substr(0, 16)});
    }

private:
    static std::string short_hex(const Sha256& sum) { return sum.hex().substr(0, 16); }

    Result<typename A::State> state_{std::in_place};
    Result<void> done_{};
    std::size_t events_ = 0;
    Sha256 history_{};
    Sha256 states_{};
};

/// `history` is a `std::tuple` of events, in today's form or an older one, or a range of
/// `A::Event`.
template <class A, class History>
Result<std::string> digest_of_folding(const History& history) {
    GoldenFold<A> fold;
    if constexpr (TupleLike<History>)
        std::apply([&fold](const auto&... events) { (fold.add(events), ...); }, history);
    else
        for (const typename A::Event& event : history)
            fold.add(event);
    return fold.digest();
}

/// The parts of a line `folds`: how many events, their digest, that of the states, fingerprint.
struct FoldsLine {
    explicit FoldsLine(std::string_view line) {
        for (std::string_view* part : {&count, &word, &history, &states, &fingerprint})
            *part = take_word(line);
    }
    std::string_view count, word, history, states, fingerprint;
};

} // namespace detail::schema

/// Whether folding a golden history gives the states that it gave when the lock was written: finds
/// a change in the body of `apply_event` or of an `upcast`, which no fingerprint sees.
///
/// Fails if the states differ while `evolve_revision` is the same (and all else that the
/// fingerprint of the state is made of): snapshots that older programs have saved would be used,
/// although today their events give another state. Fails also if the digest in the lock is of
/// another history, or of an earlier form of the aggregate than the rest of the lock. `history` is
/// a `std::tuple` of events, also in older forms, or a range of `A::Event`. Never writes.
template <Aggregate A, class History>
    requires detail::schema::is_golden<A, History>
LockVerdict check_folds(const std::string& path, const History& history) {
    using detail::joined;
    detail::schema::Schema locked;
    const auto text = detail::schema::read_lock_of<A>(path, locked);
    if (!text)
        return LockVerdict(text.error());
    const auto today = detail::schema::digest_of_folding<A>(history);
    if (!today)
        return LockVerdict(today.error());
    const std::string cure = joined({"Write the lock again, with the history: es::accept_schema<",
                                     detail::bare_name<A>(), ">(\"", path, "\", history)\n"});
    if (locked.folds.empty())
        return {{}, {path + ": it has no digest of a golden history"}, cure};
    const detail::schema::FoldsLine before(locked.folds);
    const detail::schema::FoldsLine now(*today);
    if (before.fingerprint != now.fingerprint) { // such snapshots are not used
        if (!detail::schema::has_schema(*text, detail::schema::tidied(schema_text<A>())))
            return {}; // schema_matches tells that the lock is old
        return {{}, {path + ": its digest is of an earlier form of the aggregate"}, cure};
    }
    if (before.history != now.history)
        return {{}, {path + ": its digest is of another history"}, cure};
    if (before.states == now.states)
        return {};
    return {{joined({path, ": folding ", now.count,
                     " events gives other states than before, and "
                     "evolve_revision is still the same"})},
            {},
            joined({"If that is meant: declare another `static constexpr std::string_view "
                    "evolve_revision` in ",
                    detail::bare_name<A>(), ", so that snapshots are made again. ", cure})};
}

/// Writes the lock file as `accept_schema(path)` does, with the digest of folding `history`.
///
/// Errors: also those of folding the history and encoding its states, as `invalid`.
template <Aggregate A, class History>
    requires detail::schema::is_golden<A, History>
Result<void> accept_schema(const std::string& path, const History& history) {
    auto digest = detail::schema::digest_of_folding<A>(history);
    if (!digest)
        return std::move(digest).error();
    return detail::schema::write_lock<A>(path, *digest);
}

/// Do not compile: they say what a golden history is.
template <class A = detail::NoAggregateNamed, class... Args>
    requires(!detail::schema::is_golden<A, Args...>)
LockVerdict check_folds(const std::string& /*path*/, const Args&... /*args*/) {
    static_assert(detail::schema::explain_golden<A, Args...>());
    static_assert(detail::schema::is_golden<A, Args...>);
    return {};
}
template <class A = detail::NoAggregateNamed, class... Args>
    requires(sizeof...(Args) > 0 && !detail::schema::is_golden<A, Args...>)
Result<void> accept_schema(const std::string& /*path*/, const Args&... /*args*/) {
    static_assert(detail::schema::explain_golden<A, Args...>());
    static_assert(detail::schema::is_golden<A, Args...>);
    return {};
}

} // namespace eventsourcing

#endif
