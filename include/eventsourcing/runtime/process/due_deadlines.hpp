// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PROCESS_DUE_DEADLINES_HPP
#define EVENTSOURCING_RUNTIME_PROCESS_DUE_DEADLINES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/command_ids.hpp>
#include <eventsourcing/runtime/process.hpp>
#include <eventsourcing/runtime/process/open_deadlines.hpp>
#include <eventsourcing/runtime/process/process_memory.hpp>
#include <eventsourcing/runtime/process/process_options.hpp>
#include <eventsourcing/runtime/process/process_step.hpp>
#include <eventsourcing/runtime/process/retry.hpp>
#include <eventsourcing/runtime/step.hpp>
#include <eventsourcing/runtime/told_following.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/progress.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

namespace eventsourcing::detail {

/// Tells processes the deadlines that are due. One that fails takes no turn from the others.
template <class P, class Teller>
class DueDeadlines {
public:
    /// `name` is that of the progress, for the observer.
    DueDeadlines(std::shared_ptr<Teller> teller, std::shared_ptr<OpenDeadlines> open,
                 const ProcessOptions& options, Environment environment, std::string name)
        : teller_(std::move(teller)),
          open_(std::move(open)),
          options_(options),
          environment_(std::move(environment)),
          name_(std::move(name)) {}

    /// `known_until` is the time up to which everything that was recorded has been read, and
    /// `waits(id)` whether the process waits for something that failed.
    template <class Waits>
    Step tell(Timestamp known_until, const Waits& waits, const std::stop_token& stop) {
        Step step;
        const Timestamp known = known_until - options_.grace;
        const auto due = open_->due_by(known);
        {
            const std::lock_guard lock(mutex_);
            std::erase_if(failing_, [&](const auto& failed) {
                return !std::binary_search(due.begin(), due.end(), failed.first);
            });
        }
        for (const OpenDeadline& open : due) {
            if (stop.stop_requested())
                return step;
            const auto stream = StreamName::parse(open.stream);
            if (!stream || waits(stream->id()))
                continue;
            if (const auto failed = failing_.find(open);
                failed != failing_.end() && failed->second.retry.next > environment_.steady_now()) {
                wake_at(step, failed->second.retry.next);
                continue;
            }
            if (auto done = tell(*stream, open, {.stop = stop}); done) {
                open_->remove(open);
                note_told(open);
            } else {
                note_failure(open, *stream, done.error());
            }
            ++step.events;
            step.kind = Step::Kind::worked;
        }
        if (const auto first = open_->first_after(known))
            wake_at(step, later(environment_.steady_now(),
                                first->due + options_.grace - environment_.now()));
        return step;
    }

    /// Of the first deadline of those that could not be told. Any thread.
    [[nodiscard]] std::optional<ProgressFailure> failure() const {
        const std::lock_guard lock(mutex_);
        if (failing_.empty())
            return std::nullopt;
        return failing_.begin()->second.failure;
    }

private:
    struct Failing {
        Retry retry{};
        ProgressFailure failure{};
    };

    static void wake_at(Step& step, std::chrono::steady_clock::time_point time) {
        step.next = step.next ? std::min(*step.next, time) : time;
    }

    void note_failure(const OpenDeadline& open, const StreamName& stream, const Error& error) {
        Retry retry;
        {
            const std::lock_guard lock(mutex_);
            retry = note_failing(open, stream, error).retry;
        }
        options_.observer.tell([&] {
            return Waiting{.subscription = name_,
                           .stream = open.stream,
                           .attempts = retry.attempts,
                           .wait = retry.next - environment_.steady_now(),
                           .error = error};
        });
    }
    void note_told(const OpenDeadline& open) {
        ProgressFailure failure;
        {
            const std::lock_guard lock(mutex_);
            const auto failed = failing_.find(open);
            if (failed == failing_.end())
                return;
            failure = std::move(failed->second.failure);
            failing_.erase(failed);
            if (!failing_.empty())
                return;
        }
        options_.observer.tell([&] {
            return Recovered{.subscription = name_,
                             .attempts = failure.attempts,
                             .duration = environment_.now() - failure.since};
        });
    }
    Failing& note_failing(const OpenDeadline& open, const StreamName& stream, const Error& error) {
        const auto [failing, is_new] = failing_.try_emplace(open);
        Retry& retry = failing->second.retry;
        retry.put_off(options_.backoff, environment_);
        ProgressFailure& failure = failing->second.failure;
        failure = {.message = joined(
                       {"the deadline ", open.type, " of ", open.stream, ": ", error.message()}),
                   .stream = stream,
                   .revision = {},
                   .since = is_new ? environment_.now() : failure.since,
                   .attempts = retry.attempts};
        return failing->second;
    }

    Result<void> tell(const StreamName& stream, const OpenDeadline& open, const CallOptions& call) {
        auto memory = teller_->memory_of(stream, call);
        if (!memory)
            return std::move(memory).error();
        const auto set = (*memory)->deadlines.find(open.type);
        if (set == (*memory)->deadlines.end() || set->second.deadline.due != open.due)
            return {};
        return tell_as(typename DeadlinesOf<P>::List{}, stream, set->second, call);
    }
    template <class... Ds>
    Result<void> tell_as(TypeList<Ds...> /*deadlines*/, const StreamName& stream,
                         const RememberedDeadline& set, const CallOptions& call) {
        Result<void> done =
            Error(errc::unsupported, joined({"this process has no such deadline any more: add it "
                                             "to `using Deadline = ...`, as ",
                                             set.deadline.type}));
        static_cast<void>(((set.deadline.type == SnakeName<Ds>::value
                                ? (done = tell_one<Ds>(stream, set, call), true)
                                : false) ||
                           ...));
        return done;
    }
    template <class D>
    Result<void> tell_one(const StreamName& stream, const RememberedDeadline& set,
                          const CallOptions& call) {
        const StepDeadline& open = set.deadline;
        auto deadline = decode_json<D>(open.data);
        if (!deadline)
            return std::move(deadline).error().within("the deadline " + open.type);
        const StepInput input{
            .kind = "deadline", .type = open.type, .data = open.data, .at = *open.due};
        return teller_->tell(
            stream, input, step_id(stream, set), set.cause, false, false,
            [](ProcessMemory<P>&) { return Result<void>(); },
            [&](const typename P::State& state) {
                return Result<typename P::Reaction>(P::react(state, *deadline));
            },
            call);
    }
    /// Of the step that tells it: another one if it is set again for the same time.
    static Uuid step_id(const StreamName& stream, const RememberedDeadline& set) {
        const std::string seed =
            joined({stream.str(), " ", set.deadline.type, " ", set.deadline.due->to_string(), " ",
                    set.cause.causation_id});
        return CommandIds(seed, Uuid{}).at(0);
    }

    const std::shared_ptr<Teller> teller_;
    const std::shared_ptr<OpenDeadlines> open_;
    const ProcessOptions options_;
    const Environment environment_;
    const std::string name_;
    mutable std::mutex mutex_;
    std::map<OpenDeadline, Failing> failing_; // by when they are due
};

} // namespace eventsourcing::detail

#endif
