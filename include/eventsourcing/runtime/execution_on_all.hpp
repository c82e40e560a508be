// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_EXECUTION_ON_ALL_HPP
#define EVENTSOURCING_RUNTIME_EXECUTION_ON_ALL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/category.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/backoff.hpp>
#include <eventsourcing/runtime/check_options.hpp>
#include <eventsourcing/runtime/command_ids.hpp>
#include <eventsourcing/runtime/keep_pending.hpp>
#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/runtime/send_until_known.hpp>
#include <eventsourcing/runtime/stored_outcome.hpp>
#include <eventsourcing/runtime/told.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/metadata.hpp>
#include <eventsourcing/store/receipt.hpp>
#include <eventsourcing/store/stream_batch.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace eventsourcing {

/// One that is out of its range is `errc::invalid`.
struct ExecuteAllOptions {
    /// With an id the commands are executed at most once in these streams: every process that
    /// executes them again gets what is stored. A refusal stores nothing and is decided
    /// again. For stores that find old ids (`es::FindsEvents`).
    std::optional<Uuid> command_id{};
    /// Recorded with every event. Its `command_id` is filled in if it is empty.
    Metadata metadata{};
    /// Recorded with every event, in addition to its own tags.
    std::vector<std::string> tags{};
    /// How often at most all is decided and sent, if others append to the streams meanwhile; 1 or
    /// more.
    unsigned attempts = 3;
    /// The waits in between.
    Backoff backoff{};
    /// How long an append whose outcome is unknown is sent again if the call has no deadline; 0 or
    /// more.
    std::chrono::nanoseconds patience = std::chrono::seconds(10);
    Observer observer{};
    /// The clock, ids, sleep and jitter; the store's own unless given.
    std::optional<Environment> environment{};
    /// A deadline is one of the whole call, and an instant of the clock of the environment.
    CallOptions call{};
};

namespace detail {

template <class A>
Result<StreamName> stream_of_part(std::string_view id) {
    auto name = StreamName::of(category_of<A>(), id);
    if (!name)
        return std::move(name).error().within("the id " + in_quotes(id));
    return name;
}

/// Refuses a name that is none, and a stream that is named twice.
template <class... Names>
Result<void> check_streams_of(const Names&... names) {
    const std::array<const Result<StreamName>*, sizeof...(Names)> all{&names...};
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!*all[i])
            return all[i]->error();
        for (std::size_t j = 0; j < i; ++j)
            if (**all[i] == **all[j])
                return Error(errc::invalid,
                             joined({"stream ", (*all[i])->view(),
                                     " is named twice: two commands on one stream are executed one "
                                     "after the other, or are one command"}));
    }
    return {};
}

/// Commands on several streams on their way: load, decide, append, and again on conflict.
template <class Store, class... Parts>
class ExecutionOnAll {
public:
    using Outcomes = std::tuple<typename Parts::Outcome...>;

    /// All of these must outlive it. `maybe_stored` says whether the commands may be executed, if
    /// there is an error.
    template <class... Named>
    ExecutionOnAll(const Store& store, const ExecuteAllOptions& options, bool& maybe_stored,
                   const Named&... parts)
        : store_(store),
          options_(options),
          maybe_stored_(maybe_stored),
          environment_(options.environment ? *options.environment : environment_of(store)),
          call_(options.call.begun(environment_)),
          parts_(parts...) {
        if (options.observer.template hears<Appended>())
            begin_ = environment_.steady_now();
        if (options.command_id && options.metadata.command_id.empty()) {
            metadata_ = options.metadata;
            metadata_->command_id = options.command_id->to_string();
        }
    }

    [[nodiscard]] unsigned attempts() const { return attempts_; }
    [[nodiscard]] bool repeated() const { return repeated_; }

    Result<Outcomes> execute() {
        if (auto good = check_retries("ExecuteAllOptions", options_); !good)
            return std::move(good).error();
        if (auto good = check_command_id(options_.command_id); !good)
            return std::move(good).error();
        if (auto good = check_finds_ids(store_, options_.command_id); !good)
            return std::move(good).error();
        for (;; ++attempts_) {
            auto read =
                each([&](auto& part) { return part.read(store_, call_, options_.observer); });
            if (!read)
                return std::move(read).error();
            auto decided = each([&](auto& part) {
                auto done = part.decide();
                if (!done)
                    done = std::move(done).error().within("stream " + part.name().str());
                return done;
            });
            if (!decided || events() == 0)
                return stored_or(std::move(decided));
            if (options_.command_id && some_emit_nothing()) {
                // The store sees only the others, of which none may be stored.
                const auto any = find_any();
                if (!any)
                    return any.error();
                if (*any)
                    return stored();
            }
            auto sent = append();
            if (sent)
                return appended(*sent);
            if (sent.error() != errc::conflict)
                return stored_or(std::move(sent).error());
            if (auto again = decide_again(std::move(sent).error()); !again)
                return stored_or(std::move(again));
        }
    }

    /// The error of `execute`, with all that is needed to send the append again if its outcome is
    /// unknown. `Pending` is a `PendingAppendAll`.
    template <class Pending>
    [[nodiscard]] Error with_pending(Error&& error) {
        if (!outcome_unknown_)
            return std::move(error);
        return keep_pending(std::move(error), [&] {
            return Pending{
                std::apply([](auto&... part) { return std::tuple{part.pending()...}; }, parts_)};
        });
    }

private:
    /// What is stored with each event.
    struct Stamp {
        const Environment& environment;
        const Uuid* command;
        Timestamp now;
        const Metadata* metadata;
        std::span<const std::string> tags;
    };
    using Receipts = std::vector<std::optional<Receipt>>;

    /// Calls `f` with the parts up to the first error.
    template <class F>
    Result<void> each(const F& f) {
        Result<void> done;
        std::apply([&](auto&... part) { static_cast<void>(((done = f(part)).has_value() && ...)); },
                   parts_);
        return done;
    }

    [[nodiscard]] std::size_t events() const {
        return std::apply([](const auto&... part) { return (part.size() + ...); }, parts_);
    }

    [[nodiscard]] bool some_emit_nothing() const {
        return std::apply(
            [](const auto&... part) { return ((Parts::decides && part.size() == 0) || ...); },
            parts_);
    }

    Result<Receipts> append() {
        const Stamp stamp{environment_, options_.command_id ? &*options_.command_id : nullptr,
                          environment_.now(), metadata_ ? &*metadata_ : &options_.metadata,
                          options_.tags};
        const auto batches = std::apply(
            [&](auto&... part) {
                return std::array<StreamBatch, sizeof...(Parts)>{part.batch(stamp)...};
            },
            parts_);
        if (!was_unknown_)
            std::apply([](auto&... part) { (part.note_read(), ...); }, parts_);
        const auto send = [&] {
            auto done =
                guarded_append("the store", [&] { return store_.append_all(batches, call_); });
            was_unknown_ = was_unknown_ || (!done && done.error().outcome() == Outcome::unknown);
            return done;
        };
        auto sent = send_until_known(send, std::get<0>(parts_).name().view(), terms());
        outcome_unknown_ = !sent && sent.error().outcome() == Outcome::unknown;
        maybe_stored_ = sent || outcome_unknown_;
        return sent;
    }

    Result<Outcomes> appended(const Receipts& receipts) {
        // What was there before may be of another call, which may have stored more.
        if (options_.command_id && std::any_of(receipts.begin(), receipts.end(),
                                               [](const auto& r) { return r && r->repeated; })) {
            const auto any = find_any();
            if (!any)
                return any.error();
            return stored();
        }
        std::size_t i = 0;
        std::apply(
            [&](const auto&... part) { (tell_appended(part, part.size(), receipts[i++]), ...); },
            parts_);
        return outcomes(receipts, std::index_sequence_for<Parts...>{});
    }
    template <class Part>
    void tell_appended(const Part& part, std::size_t events,
                       const std::optional<Receipt>& receipt) const {
        if (receipt)
            options_.observer.tell([&] {
                return Appended{.stream = part.name().view(),
                                .events = events,
                                .receipt = *receipt,
                                .attempts = attempts_,
                                .duration = environment_.steady_now() - begin_};
            });
    }

    template <std::size_t... I>
    Outcomes outcomes(const Receipts& receipts, std::index_sequence<I...> /*indexes*/) {
        return Outcomes{std::get<I>(parts_).outcome(receipts[I], attempts_)...};
    }

    /// Waits; an error says why there is no further attempt.
    Result<void> decide_again(Error error) {
        if (attempts_ >= options_.attempts)
            return std::move(error).with_message(
                joined({error.message(), "; given up after ", std::to_string(attempts_),
                        " attempts (`attempts` says how many)"}));
        const auto time = options_.backoff.after(attempts_, environment_);
        options_.observer.tell([&] {
            const Conflict* const conflict = error.conflict();
            return ConflictRetried{.stream = conflict ? std::string_view(conflict->stream)
                                                      : std::get<0>(parts_).name().view(),
                                   .attempt = attempts_,
                                   .wait = time,
                                   .error = error};
        });
        if (const Conflict* const conflict = error.conflict())
            std::apply([&](auto&... part) { (part.meet(*conflict), ...); }, parts_);
        auto waited = wait_for_attempt(time, terms());
        if (!waited)
            waited = std::move(waited).error().with_message(
                joined({error.message(), "; no time for another attempt"}));
        return waited;
    }

    /// What is stored of commands with this id; if nothing is, what this attempt came to.
    Result<Outcomes> stored_or(Result<void> attempt) {
        if (options_.command_id && (attempt || attempt.error().outcome() != Outcome::unknown)) {
            const auto any = find_any();
            if (!any)
                return any.error();
            if (*any)
                return stored();
        }
        if (!attempt)
            return std::move(attempt).error();
        return outcomes(Receipts(sizeof...(Parts)), std::index_sequence_for<Parts...>{});
    }

    /// Whether commands with this id have stored events in any of the streams.
    Result<bool> find_any() {
        bool any = false;
        auto looked = each([&](auto& part) -> Result<void> {
            auto found = part.find(store_, *options_.command_id, call_);
            if (!found)
                return std::move(found).error();
            any = any || *found;
            return {};
        });
        if (!looked)
            return std::move(looked).error();
        return any;
    }

    /// What they have stored, after `find_any`.
    Result<Outcomes> stored() {
        maybe_stored_ = true;
        // What was sent twice may be of this call, unless it was there before.
        repeated_ =
            !was_unknown_ ||
            std::apply([](const auto&... part) { return (part.was_there() || ...); }, parts_);
        return std::apply(
            [&](auto&... part) -> Result<Outcomes> {
                std::tuple results{part.stored(store_, *options_.command_id, call_, repeated_)...};
                return std::apply(
                    [&](auto&... result) -> Result<Outcomes> {
                        for (const Error* error : {(result ? nullptr : &result.error())...})
                            if (error)
                                return *error;
                        (finish(part, *result), ...);
                        return Outcomes{*std::move(result)...};
                    },
                    results);
            },
            parts_);
    }
    template <class Part>
    void finish(const Part& part, typename Part::Outcome& outcome) const {
        if constexpr (Part::decides) {
            outcome.attempts = attempts_;
            if (!repeated_)
                return tell_appended(part, outcome.events().size(), outcome.receipt);
            if (outcome.receipt)
                options_.observer.tell([&] {
                    return CommandRepeated{.stream = part.name().view(),
                                           .command_id = *options_.command_id,
                                           .revision = outcome.receipt->first};
                });
        }
    }

    [[nodiscard]] RetryTerms terms() const {
        return {environment_, options_.observer, options_.backoff, options_.patience, call_};
    }

    const Store& store_;
    const ExecuteAllOptions& options_;
    bool& maybe_stored_;
    const Environment environment_;
    const CallOptions call_;
    std::tuple<Parts...> parts_;
    std::chrono::steady_clock::time_point begin_{};
    std::optional<Metadata> metadata_{};
    unsigned attempts_ = 1;
    bool repeated_ = false;
    /// That of the last append.
    bool outcome_unknown_ = false;
    /// That of any append of this call, at some time.
    bool was_unknown_ = false;
};

} // namespace detail

} // namespace eventsourcing

#endif
