// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PROCESS_MANAGER_HPP
#define EVENTSOURCING_RUNTIME_PROCESS_MANAGER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/command_ids.hpp>
#include <eventsourcing/runtime/explain_process.hpp>
#include <eventsourcing/runtime/following/follower.hpp>
#include <eventsourcing/runtime/following/lag.hpp>
#include <eventsourcing/runtime/process.hpp>
#include <eventsourcing/runtime/process/open_deadlines.hpp>
#include <eventsourcing/runtime/process/process_inbox.hpp>
#include <eventsourcing/runtime/process/process_outbox.hpp>
#include <eventsourcing/runtime/repository_options.hpp>
#include <eventsourcing/runtime/start.hpp>
#include <eventsourcing/runtime/step.hpp>
#include <eventsourcing/runtime/subscription_options.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/metadata.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/types_of.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing {

struct ProcessOptions {
    /// Under which the progress is kept, unique in the store; empty for the name of the process in
    /// snake_case.
    std::string name{};
    std::size_t page_size = 500;
    /// How long an input or a command that fails is tried again, with waits, before its process is
    /// quarantined: then it takes no input until `release`. It costs the other processes nothing.
    std::chrono::nanoseconds budget = std::chrono::minutes(5);
    /// How long after its time a deadline waits for events that were recorded before it and are
    /// stored later: by a slow commit, or a machine whose clock is behind.
    std::chrono::nanoseconds grace{};
    std::size_t max_parked_keys = 1'000;
    Backoff backoff{.first = std::chrono::milliseconds(100), .most = std::chrono::seconds(10)};
    Observer observer{};
    std::optional<Environment> environment{};
};

/// Runs the processes of one kind: tells them the events of the store and the deadlines that are
/// due, and carries out what they send, once in effect. What a process was told and what it does
/// about it is one event of its own stream, `process.<name>-<id>`, which is its memory, its inbox
/// and its outbox, and survives any crash.
///
/// A step machine, as `Subscription`. All functions may be called from several threads at once;
/// those of the process are called by one at a time. Two that run the same process, in one program
/// or two, do the work once.
///
/// Where to begin on a store that has events already has to be said: from the beginning it sends
/// for all of history. `Handler` carries out the commands to what is no aggregate:
/// `es::Result<void> handle(const C&, const es::SentCommand&)`.
///
/// A store that keeps no progress gets one that does beside it: `es::ProcessManager<P, Store,
/// es::NoHandler, es::SqliteStore> them{*store, *beside, es::from_now}`.
template <class P, class Store, class Handler = NoHandler, class Beside = detail::NothingBeside>
class ProcessManager {
    static_assert(detail::explain_process_manager<P, Store, Handler, Beside>());
    using Teller = detail::ProcessTeller<P, Store>;
    using Keeper = typename detail::SnapshotKeeper<Store, Beside>::Type;
    static constexpr bool alone = std::same_as<Beside, detail::NothingBeside>;
    static constexpr bool handles = !std::same_as<Handler, NoHandler>;

public:
    ProcessManager(Store store, Start start, const ProcessOptions& options = {})
        requires(alone && !handles)
        : ProcessManager(Made{}, store, store, start, Handler{}, options) {}
    ProcessManager(Store store, Start start, const Environment& environment)
        requires(alone && !handles)
        : ProcessManager(Made{}, store, store, start, Handler{}, with(environment)) {}
    ProcessManager(Store store, Start start, Handler handler, const ProcessOptions& options = {})
        requires(alone && handles)
        : ProcessManager(Made{}, store, store, start, std::move(handler), options) {}
    ProcessManager(Store store, Beside beside, Start start, const ProcessOptions& options = {})
        requires(!alone && !handles)
        : ProcessManager(Made{}, store, std::move(beside), start, Handler{}, options) {}
    ProcessManager(Store store, Beside beside, Start start, Handler handler,
                   const ProcessOptions& options = {})
        requires(!alone && handles)
        : ProcessManager(Made{}, store, std::move(beside), start, std::move(handler), options) {}
    /// Says that the start is missing.
    template <int = 0, class... Options>
        requires(sizeof...(Options) == 0 ||
                 (std::convertible_to<const Options&, const ProcessOptions&> && ...))
    explicit ProcessManager(const Store& store, const Options&... /*options*/)
        : ProcessManager(store, from_now) {
        static_assert(detail::explain_missing_start<P, Store, Options...>());
    }
    ProcessManager(const ProcessManager&) = delete;
    ProcessManager& operator=(const ProcessManager&) = delete;

    /// At most one page of events, one of its own steps, and then the deadlines that are due.
    Step step(const std::stop_token& stop = {}) {
        const std::lock_guard lock(stepping_);
        const Timestamp before = environment_.now();
        Step in = inbox_.step(stop);
        const Step out = outbox_.step(stop);
        if (in.kind == Step::Kind::idle && !stop.stop_requested())
            known_until_ = before; // unless it was interrupted
        in = joined(in, out);
        if (in.kind == Step::Kind::idle)
            in = joined(in, tell_deadlines(stop));
        return joined(in, try_parked(stop));
    }
    void resume() {
        inbox_.resume();
        outbox_.resume();
    }

    /// Of the inbox. The failure is that of the outbox if the inbox has none, or that of the first
    /// deadline that can't be told.
    [[nodiscard]] SubscriptionStatus status(const CallOptions& call = {}) const {
        auto status = inbox_.status().now();
        const auto out = outbox_.status().now();
        if (!status.failure && out.failure) {
            status.failure = out.failure;
            status.state = out.state;
        }
        status.parked_keys += out.parked_keys;
        if (!status.failure) {
            const std::lock_guard lock(failing_);
            status.failure = deadline_failure_;
        }
        detail::add_lag(status, inbox_.store(), inputs(), environment_, call);
        return status;
    }
    /// How many inputs came after the end of their process.
    [[nodiscard]] std::uint64_t late() const { return teller_->late(); }

    /// What a process remembers, or nothing if it was told nothing.
    [[nodiscard]] Result<std::optional<typename P::State>> state(std::string_view id,
                                                                 const CallOptions& call = {}) {
        auto stream = detail::process_stream<P>(id);
        if (!stream)
            return std::move(stream).error();
        auto memory = teller_->memory_of(*stream, call);
        if (!memory)
            return std::move(memory).error();
        if (!(*memory)->revision)
            return std::optional<typename P::State>();
        return std::optional((*memory)->state);
    }

    /// The inputs and steps of processes that failed, and of what waits behind them.
    [[nodiscard]] Result<std::vector<ParkedEvent>> parked(const CallOptions& call = {}) const {
        auto all = inbox_.parked(call);
        if (!all)
            return all;
        auto more = outbox_.parked(call);
        if (!more)
            return more;
        all->insert(all->end(), more->begin(), more->end());
        return all;
    }
    /// Tries a process that failed once more, with all it missed, in order. Returns how much is
    /// left; `not_found` if it did not fail.
    Result<std::size_t> release(const std::string& id, const CallOptions& call = {}) {
        auto out = outbox_.replay(id, call);
        if (!out && out.error() != errc::not_found)
            return out;
        auto in = inbox_.replay(id, call);
        if (!in && in.error() == errc::not_found && out)
            return out;
        if (in && out)
            *in += *out;
        return in;
    }

    // For `es::run`.
    [[nodiscard]] Result<bool> wait_for_append(const CallOptions& call) const {
        return inbox_.wait_for_append(call);
    }
    [[nodiscard]] std::optional<Uuid> store_id() const { return inbox_.store_id(); }
    void driven(int more) {
        inbox_.driven(more);
        outbox_.driven(more);
    }

    [[nodiscard]] const Store& store() const { return inbox_.store(); }
    [[nodiscard]] const std::string& name() const { return inbox_.key().name; }
    [[nodiscard]] Environment environment() const { return environment_; }
    [[nodiscard]] const ProcessOptions& options() const { return options_; }

private:
    using Inbox = detail::ProcessInbox<P, Store>;
    using Outbox = detail::ProcessOutbox<P, Store, Handler>;
    struct Made {};

    ProcessManager(Made /*by the others*/, const Store& store, const Keeper& keeper, Start start,
                   Handler handler, const ProcessOptions& options)
        : options_(options),
          environment_(options.environment ? *options.environment : detail::environment_of(store)),
          teller_(std::make_shared<Teller>(store, environment_, options.observer)),
          inbox_(store, keeper, key_of(options, ""), inputs(), following(options, start), teller_),
          outbox_(store, keeper, key_of(options, ".outbox"), steps(), following(options, {}),
                  teller_, deadlines_, store, std::move(handler), environment_, options.observer) {}

    static Query inputs() {
        return {
            .items = {
                {.types = types_of<typename detail::VariantOf<detail::ToldEvents<P>>::Type>()}}};
    }
    static Query steps() { return {.items = {{.types = types_of<detail::ProcessStep<P>>()}}}; }
    static ProgressKey key_of(const ProcessOptions& options, const char* part) {
        const std::string name =
            options.name.empty() ? std::string(detail::SnakeName<P>::value) : options.name;
        return {.name = name + part,
                .fingerprint = detail::joined({"process ", detail::bare_name<P>(), " 1"})};
    }
    static SubscriptionOptions following(const ProcessOptions& options, Start start) {
        return {.start = start,
                .on_failure = OnFailure::park,
                .page_size = options.page_size,
                .max_parked_keys = options.max_parked_keys,
                .backoff = options.backoff,
                .observer = options.observer,
                .environment = options.environment};
    }
    static ProcessOptions with(const Environment& environment) {
        ProcessOptions options;
        options.environment = environment;
        return options;
    }

    /// What both together did: work counts most, then a wait.
    static Step joined(const Step& a, const Step& b) {
        const auto weight = [](Step::Kind kind) {
            return kind == Step::Kind::worked    ? 3
                   : kind == Step::Kind::waiting ? 2
                   : kind == Step::Kind::stopped ? 1
                                                 : 0;
        };
        Step out{.kind = weight(a.kind) >= weight(b.kind) ? a.kind : b.kind,
                 .events = a.events + b.events,
                 .next = a.next};
        if (b.next)
            out.next = out.next ? std::min(*out.next, *b.next) : *b.next;
        return out;
    }

    /// Tells the deadlines that are due, as far as everything is known that was recorded before.
    /// One that fails takes no turn from the others.
    Step tell_deadlines(const std::stop_token& stop) {
        Step step;
        const Timestamp known = known_until_ - options_.grace;
        const auto due = deadlines_->due_by(known);
        std::erase_if(late_deadlines_, [&](const auto& late) {
            return !std::binary_search(due.begin(), due.end(), late.first);
        });
        for (const detail::OpenDeadline& open : due) {
            if (stop.stop_requested())
                return step;
            const auto stream = StreamName::parse(open.stream);
            if (!stream || inbox_.holds(stream->id()) || outbox_.holds(stream->id()))
                continue; // it waits behind what failed
            if (const auto late = late_deadlines_.find(open);
                late != late_deadlines_.end() && late->second.next > environment_.steady_now()) {
                step.next = step.next ? std::min(*step.next, late->second.next) : late->second.next;
                continue;
            }
            if (auto done = tell(*stream, open, {.stop = stop}); done) {
                deadlines_->remove(open);
                late_deadlines_.erase(open);
            } else {
                failed(open, *stream, done.error());
            }
            ++step.events;
            step.kind = Step::Kind::worked;
        }
        if (late_deadlines_.empty()) {
            const std::lock_guard lock(failing_);
            deadline_failure_.reset();
        }
        if (const auto first = deadlines_->first_after(known)) {
            const auto at = detail::later(environment_.steady_now(),
                                          first->due + options_.grace - environment_.now());
            step.next = step.next ? std::min(*step.next, at) : at;
        }
        return step;
    }
    void failed(const detail::OpenDeadline& open, const StreamName& stream, const Error& error) {
        Retry& retry = late_deadlines_[open];
        put_off(retry);
        tell_waiting(open, retry, error);
        const std::lock_guard lock(failing_);
        const bool again = deadline_failure_ && deadline_failure_->stream == stream;
        deadline_failure_ = {.message = detail::joined({"the deadline ", open.type, " of ",
                                                        open.stream, ": ", error.message()}),
                             .stream = stream,
                             .revision = {},
                             .since = again ? deadline_failure_->since : environment_.now(),
                             .attempts = retry.attempts};
    }
    Result<void> tell(const StreamName& stream, const detail::OpenDeadline& open,
                      const CallOptions& call) {
        auto memory = teller_->memory_of(stream, call);
        if (!memory)
            return std::move(memory).error();
        const auto set = (*memory)->deadlines.find(open.type);
        if (set == (*memory)->deadlines.end() || set->second.deadline.due != open.due)
            return {};
        Result<void> done =
            Error(errc::unsupported, detail::joined({"this process has no such deadline any more: "
                                                     "add it to `using Deadline = ...`, as ",
                                                     open.type}));
        tell_each(typename detail::DeadlinesOf<P>::List{}, stream, set->second, done, call);
        return done;
    }
    template <class... Ds>
    void tell_each(detail::TypeList<Ds...> /*deadlines*/, const StreamName& stream,
                   const detail::RememberedDeadline& set, Result<void>& done,
                   const CallOptions& call) {
        static_cast<void>(((set.deadline.type == detail::SnakeName<Ds>::value
                                ? (done = tell_as<Ds>(stream, set, call), true)
                                : false) ||
                           ...));
    }
    template <class D>
    Result<void> tell_as(const StreamName& stream, const detail::RememberedDeadline& set,
                         const CallOptions& call) {
        const detail::StepDeadline& open = set.deadline;
        auto deadline = decode_json<D>(open.data);
        if (!deadline)
            return std::move(deadline).error().within("the deadline " + open.type);
        const detail::StepInput input{
            .kind = "deadline", .type = open.type, .data = open.data, .at = *open.due};
        const std::string seed =
            detail::joined({stream.str(), " ", open.type, " ", open.due->to_string()});
        return teller_->tell(
            stream, input, detail::CommandIds(seed, Uuid{}).at(0), set.cause, false, false,
            [](detail::ProcessMemory<P>&) { return Result<void>(); },
            [&](const typename P::State& state) {
                return Result<typename P::Reaction>(P::react(state, *deadline));
            },
            call);
    }

    /// Tries processes that failed once more, each after a wait, until their budget is used up.
    Step try_parked(const std::stop_token& stop) {
        Step step;
        std::vector<std::string> due;
        const auto now = environment_.steady_now();
        const auto look = [&](const std::string& key, Timestamp since) {
            Retry& retry = retries_[key];
            if (retry.attempts == 0)
                put_off(retry);
            if (environment_.now() - since > options_.budget && retry.attempts > least_attempts) {
                if (!std::exchange(retry.quarantined, true))
                    options_.observer.tell(
                        [&] { return Quarantined{.subscription = name(), .key = key}; });
                return;
            }
            retry.quarantined = false;
            if (retry.next <= now)
                due.push_back(key);
            else
                step.next = step.next ? std::min(*step.next, retry.next) : retry.next;
        };
        inbox_.for_each_parked_key(look);
        outbox_.for_each_parked_key(look);
        for (const std::string& key : due) {
            if (stop.stop_requested())
                return step;
            const auto left = release(key, {.stop = stop});
            step.kind = Step::Kind::worked;
            if (left && *left == 0) {
                retries_.erase(key);
                continue;
            }
            put_off(retries_[key]);
        }
        return step;
    }

    /// Whatever the clock says: a process is not quarantined because nobody ran it for a while.
    static constexpr unsigned least_attempts = 3;

    struct Retry {
        unsigned attempts = 0;
        std::chrono::steady_clock::time_point next{};
        bool quarantined = false;
    };
    void put_off(Retry& retry) const {
        retry.attempts = std::min(retry.attempts + 1, 32U);
        retry.next = detail::later(environment_.steady_now(),
                                   options_.backoff.after(retry.attempts, environment_));
    }

    void tell_waiting(const detail::OpenDeadline& open, const Retry& retry,
                      const Error& error) const {
        options_.observer.tell([&] {
            return Waiting{.subscription = name(),
                           .stream = open.stream,
                           .attempts = retry.attempts,
                           .wait = retry.next - environment_.steady_now(),
                           .error = error};
        });
    }

    const ProcessOptions options_;
    const Environment environment_;
    std::shared_ptr<Teller> teller_;
    std::shared_ptr<detail::OpenDeadlines> deadlines_ = std::make_shared<detail::OpenDeadlines>();
    detail::Follower<Store, Keeper, Inbox> inbox_;
    detail::Follower<Store, Keeper, Outbox> outbox_;
    /// Everything that was recorded up to then has been read.
    Timestamp known_until_{};
    std::map<std::string, Retry> retries_;
    std::map<detail::OpenDeadline, Retry> late_deadlines_;
    std::mutex stepping_;
    mutable std::mutex failing_;
    std::optional<ProgressFailure> deadline_failure_{};
};

} // namespace eventsourcing

#endif
