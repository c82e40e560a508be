// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PROCESS_MANAGER_HPP
#define EVENTSOURCING_RUNTIME_PROCESS_MANAGER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/explain_dispatch.hpp>
#include <eventsourcing/runtime/explain_process.hpp>
#include <eventsourcing/runtime/following/follower.hpp>
#include <eventsourcing/runtime/following/lag.hpp>
#include <eventsourcing/runtime/process.hpp>
#include <eventsourcing/runtime/process/due_deadlines.hpp>
#include <eventsourcing/runtime/process/failed_processes.hpp>
#include <eventsourcing/runtime/process/open_deadlines.hpp>
#include <eventsourcing/runtime/process/process_inbox.hpp>
#include <eventsourcing/runtime/process/process_options.hpp>
#include <eventsourcing/runtime/process/process_outbox.hpp>
#include <eventsourcing/runtime/process/process_teller.hpp>
#include <eventsourcing/runtime/repository_options.hpp>
#include <eventsourcing/runtime/start.hpp>
#include <eventsourcing/runtime/step.hpp>
#include <eventsourcing/runtime/subscription_options.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/types_of.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing {

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
    using Keeper = typename detail::SnapshotKeeper<Store, Beside>::Type;
    using Teller = detail::ProcessTeller<P, Store, Keeper>;
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
    /// Does not compile: says that a `Result` has to be checked first, and no pointer is taken.
    template <class R>
        requires(alone && (detail::is_result<std::remove_cvref_t<R>> ||
                           (detail::PointsToStore<std::remove_cvref_t<R>> &&
                            !std::convertible_to<R, Store>)))
    ProcessManager(R&& store, Start start, const ProcessOptions& options = {})
        : ProcessManager(detail::unchecked<P>(store), start, options) {}
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

    /// At most one page of events, one of its own steps, and then the deadlines that are due, once
    /// there is nothing else to do.
    Step step(const std::stop_token& stop = {}) {
        const std::lock_guard lock(stepping_);
        const Timestamp before = environment_.now();
        if (auto failed = outbox_.begin(stop)) // who waits there takes no input
            return *failed;
        Step done = inbox_.step(stop);
        if (inbox_.saw_end() && !stop.stop_requested())
            known_until_ = before; // unless it was interrupted
        done = joined(done, outbox_.step(stop));
        if (done.kind == Step::Kind::idle || done.kind == Step::Kind::waiting ||
            (done.kind == Step::Kind::worked && ++busy_steps_ >= most_busy_steps)) {
            busy_steps_ = 0;
            done = joined(
                done,
                due_.tell(known_until_, [&](std::string_view id) { return waits(id); }, stop));
        }
        return joined(done, try_failed(stop));
    }
    void resume() {
        inbox_.resume();
        outbox_.resume();
    }

    /// Of the inbox, with the lag of the outbox if that is larger; live if both are. The failure is
    /// that of the outbox if the inbox has none, or that of the first deadline that can't be told.
    [[nodiscard]] SubscriptionStatus status(const CallOptions& call = {}) const {
        auto status = inbox_.status().now();
        auto out = outbox_.status().now();
        if (!status.failure && out.failure) {
            status.failure = out.failure;
            status.state = out.state;
        }
        if (status.state == SubscriptionState::live && out.state == SubscriptionState::catching_up)
            status.state = out.state;
        status.parked_keys += out.parked_keys;
        if (!status.failure)
            status.failure = due_.failure();
        detail::add_lag(status, inbox_.store(), inputs(), environment_, call);
        if (out.state != SubscriptionState::not_started) {
            detail::add_lag(out, inbox_.store(), steps(), environment_, call);
            status.lag = std::max(status.lag, out.lag);
        }
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

    /// The inputs and steps of processes that failed, and of what waits for them.
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
        if (out && *out > 0) { // what it was not told waits for that
            auto behind = inbox_.parked_of(id, call);
            if (behind)
                *behind += *out;
            return behind;
        }
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
    using Inbox = detail::ProcessInbox<P, Store, Keeper>;
    using Outbox = detail::ProcessOutbox<P, Store, Keeper, Handler>;
    struct Made {};

    ProcessManager(Made /*by the others*/, const Store& store, const Keeper& keeper, Start start,
                   Handler handler, const ProcessOptions& options)
        : options_(options),
          environment_(options.environment ? *options.environment : detail::environment_of(store)),
          teller_(std::make_shared<Teller>(
              store, keeper, environment_,
              detail::MemoryLimits{options.cache, options.snapshot_every}, options.observer)),
          inbox_(store, keeper, key_of(options, ""), inputs(), following(options, start), teller_,
                 &outbox_,
                 [](void* outbox, std::string_view line) {
                     return static_cast<detail::Follower<Store, Keeper, Outbox>*>(outbox)->holds(
                         line);
                 }),
          outbox_(store, keeper, key_of(options, ".outbox"), steps(), following(options, {}),
                  teller_, deadlines_, store, std::move(handler), environment_, options.observer),
          due_(teller_, deadlines_, options, environment_, inbox_.key().name),
          failed_(options, environment_) {}

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

    /// Whether a process waits for something that failed.
    bool waits(std::string_view id) {
        const std::string line = detail::process_line(id);
        return inbox_.holds(line) || outbox_.holds(line);
    }

    /// Tries processes that failed once more.
    Step try_failed(const std::stop_token& stop) {
        std::map<std::string, detail::FailedProcesses::Parked> parked;
        const auto note = [&](const std::string& key, Timestamp since, std::uint64_t attempts) {
            auto& known = parked.try_emplace(key, detail::FailedProcesses::Parked{since, attempts})
                              .first->second;
            known.since = std::min(known.since, since);
            known.attempts = std::max(known.attempts, attempts);
        };
        inbox_.for_each_parked_key(note);
        outbox_.for_each_parked_key(note);
        failed_.look(parked, [&](const std::string& key) {
            options_.observer.tell([&] { return Quarantined{.subscription = name(), .key = key}; });
        });
        Step step{.next = failed_.next()};
        for (const std::string& key : failed_.due()) {
            if (stop.stop_requested())
                return step;
            const auto left = release(key, {.stop = stop});
            step.kind = Step::Kind::worked;
            if (left && *left == 0)
                failed_.forget(key);
            else
                failed_.failed_again(key);
        }
        return step;
    }

    /// After so many steps in a row that had something to do the deadlines have their turn.
    static constexpr unsigned most_busy_steps = 100;

    const ProcessOptions options_;
    const Environment environment_;
    std::shared_ptr<Teller> teller_;
    std::shared_ptr<detail::OpenDeadlines> deadlines_ = std::make_shared<detail::OpenDeadlines>();
    detail::Follower<Store, Keeper, Inbox> inbox_;
    detail::Follower<Store, Keeper, Outbox> outbox_;
    /// Everything that was recorded up to then has been read.
    Timestamp known_until_{};
    unsigned busy_steps_ = 0;
    detail::DueDeadlines<P, Teller> due_;
    detail::FailedProcesses failed_;
    std::mutex stepping_;
};

} // namespace eventsourcing

#endif
