// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PROCESS_PROCESS_OUTBOX_HPP
#define EVENTSOURCING_RUNTIME_PROCESS_PROCESS_OUTBOX_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/command_ids.hpp>
#include <eventsourcing/runtime/following/parking.hpp>
#include <eventsourcing/runtime/following/tried_again.hpp>
#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/runtime/process/open_deadlines.hpp>
#include <eventsourcing/runtime/process/process_memory.hpp>
#include <eventsourcing/runtime/process/process_step.hpp>
#include <eventsourcing/runtime/process/process_teller.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/store/event_reader.hpp>
#include <eventsourcing/store/metadata.hpp>
#include <eventsourcing/store/progress.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>

namespace eventsourcing {

/// What a handler of a process's commands is told besides the command.
struct SentCommand {
    /// As it was sent: `es::send<Mail>(id, ...)`.
    std::string id;
    /// The same each time this command is handed over: at least once.
    Uuid key{};
    /// Causation, correlation and trace context.
    Metadata metadata{};
};

namespace detail {

/// Carries out what processes send: each command of a step in its order, with an id that is derived
/// from the step, so that it is executed once. What is refused becomes an input of the process.
template <class P, class Store, class Keeper, class Handler>
class ProcessOutbox {
    using Teller = ProcessTeller<P, Store, Keeper>;

public:
    static constexpr bool can_undo = false;
    static constexpr bool parks_all = true;
    static constexpr std::string_view options_name = "ProcessOptions";
    using Step = ProcessStep<P>;

    ProcessOutbox(std::shared_ptr<Teller> teller, std::shared_ptr<OpenDeadlines> deadlines,
                  const Store& store, Handler handler, const Environment& environment,
                  const Observer& observer = {})
        : teller_(std::move(teller)),
          deadlines_(std::move(deadlines)),
          handler_(std::move(handler)),
          observer_(observer),
          targets_(store, environment, observer) {}

    Result<void> load(const Keeper& keeper, const ProgressKey& key, const CallOptions& call) {
        begun_.clear(); // another runner may have gone on
        return deadlines_->load(keeper, key, call);
    }
    static void begin(ProgressCommit& /*commit*/) {}
    Result<void> collect(ProgressCommit& commit) { return deadlines_->collect(commit); }
    Result<void> committed() {
        deadlines_->committed();
        return {};
    }
    static Result<void> roll_back() { return {}; }

    Result<void> handle(std::span<const EventRecord> records, Parking& parking, Timestamp now,
                        const CallOptions& call, std::size_t& i) {
        for (const EventRecord& record : records) {
            auto stream = StreamNameView::parse(record.stream);
            if (!stream)
                return std::move(stream).error();
            const std::string line = process_line(stream->id());
            parking.ask(line); // also of a step that can't be read
            auto done = reader_.read(record, [&](const Recorded<Step>& step) -> Result<void> {
                deadlines_->note(std::string(step.stream.str()), step.event);
                if (parking.passes(line, record, now))
                    return {};
                return carry_out(step, call);
            });
            if (!done)
                return done;
            ++i;
        }
        return {};
    }
    Result<void> handle_parked(const EventRecord& record, const std::string& /*key*/,
                               const CallOptions& call) {
        return reader_.read(record,
                            [&](const Recorded<Step>& step) { return carry_out(step, call); });
    }

private:
    template <class List>
    struct Targets;
    template <class... As>
    struct Targets<TypeList<As...>> {
        template <class A>
        static auto target(const Store& store, const Environment& environment,
                           const Observer& observer) {
            if constexpr (Aggregate<A>)
                return Repository<A, Store>(store, {.patience = std::chrono::nanoseconds(0),
                                                    .observer = observer,
                                                    .environment = environment});
            else
                return NoHandler{};
        }
        Targets(const Store& store, const Environment& environment, const Observer& observer)
            : all(target<As>(store, environment, observer)...) {}

        std::tuple<decltype(target<As>(std::declval<const Store&>(),
                                       std::declval<const Environment&>(),
                                       std::declval<const Observer&>()))...>
            all;
    };
    using List = typename TargetsOf<typename P::Reaction>::List;

    /// A step of which a command failed.
    struct Begun {
        /// That command; those before it are done.
        std::size_t next = 0;
        bool refusal_told = false;
    };

    Result<void> carry_out(const Recorded<Step>& step, const CallOptions& call) {
        const auto begun = begun_.find(step.id);
        for (std::size_t i = begun == begun_.end() ? 0 : begun->second.next;
             i < step.event.commands.size(); ++i)
            if (auto done = carry_out(step, i, call, List{}); !done) {
                begun_at(step, i);
                return done;
            }
        begun_.erase(step.id);
        return {};
    }
    template <class... As>
    Result<void> carry_out(const Recorded<Step>& step, std::size_t i, const CallOptions& call,
                           TypeList<As...> /*targets*/) {
        const std::string& target = step.event.commands[i].target;
        Result<void> done = Error(errc::unsupported, joined({"a command for ", target,
                                                             ", to which this process does "
                                                             "not send any more: add it to "
                                                             "its Reaction"}));
        static_cast<void>(
            ((target == target_name<As>() ? (done = send_to<As>(step, i, call), true) : false) ||
             ...));
        return done;
    }

    template <class A>
    Result<void> send_to(const Recorded<Step>& step, std::size_t i, const CallOptions& call) {
        const StoredCommand& stored = step.event.commands[i];
        auto command = decode_json<typename A::Command>(stored.command);
        if (!command)
            return std::move(command).error().within("the command for " + stored.target);
        Metadata metadata = caused_by(step.id, step.metadata);
        const Uuid id = CommandIds(step.stream.str(), step.id).at(i);
        const auto refusal_id = first_event_id<A>(step, stored, id);
        if (!refusal_id)
            return refusal_id.error();
        const auto was_refused = [&] {
            return teller_->was_refused(step.stream, id, step.revision, *refusal_id, call);
        };
        if (auto refused = was_refused(); !refused || *refused)
            return refused ? Result<void>() : std::move(refused).error();
        auto done = deliver<A>(stored, *command, id, std::move(metadata), call);
        if (done) {
            if (*done)
                tell_sent(step, stored, id);
            return {};
        }
        Error error = std::move(done).error();
        if (error == errc::duplicate_id)
            if (auto told = was_refused(); told && *told)
                return {}; // meanwhile, by another runner
        if (error.kind() != errc::rejected) {
            // it is the process that waits, and no other
            if (must_wait<ProcessOutbox>(error) && !call.stop.stop_requested())
                error = std::move(error).as(errc::unavailable);
            return std::move(error).within(joined({stored.target, " ", stored.id}));
        }
        if (!is_told_refusal(step, i))
            observer_.tell([&] {
                return CommandRefused{.process = step.stream.str(),
                                      .target = stored.target,
                                      .id = stored.id,
                                      .command_id = id,
                                      .error = error};
            });
        return visit_alternative(*command, [&]<class C>(const C& refused) {
            return tell_refusal(step, id, *refusal_id, stored, refused, error, call);
        });
    }
    /// Whether the observer was told of this refusal, which is tried again.
    bool is_told_refusal(const Recorded<Step>& step, std::size_t i) {
        return std::exchange(begun_at(step, i).refusal_told, true);
    }
    Begun& begun_at(const Recorded<Step>& step, std::size_t i) {
        Begun& begun = begun_[step.id];
        if (begun.next != i)
            begun = {.next = i};
        return begun;
    }
    /// The id of the first event that a command makes; for a handler one that is derived as well.
    template <class A>
    static Result<Uuid> first_event_id(const Recorded<Step>& step, const StoredCommand& stored,
                                       const Uuid& command_id) {
        if constexpr (Aggregate<A>) {
            auto target = Repository<A, Store>::stream(stored.id);
            if (!target)
                return std::move(target).error().within(
                    joined({"the id of a command for ", stored.target}));
            return CommandIds(target->str(), command_id).at(0);
        } else {
            return CommandIds(step.stream.str(), command_id).at(0);
        }
    }
    /// Returns whether it was carried out now; false if it was before.
    template <class A>
    Result<bool> deliver(const StoredCommand& stored, const typename A::Command& command,
                         const Uuid& id, Metadata metadata, const CallOptions& call) {
        if constexpr (Aggregate<A>) {
            constexpr std::size_t at = index_among<A, List>;
            auto done =
                std::get<at>(targets_.all)
                    .execute(stored.id, command,
                             {.command_id = id, .metadata = std::move(metadata), .call = call});
            if (!done)
                return std::move(done).error();
            return !done->repeated;
        } else {
            static const char* const handling = "the handler of the process";
            auto handled = guarded(handling, [&] {
                return visit_alternative(command, [&](const auto& sent) -> Result<void> {
                    return handler_.handle(sent, SentCommand{stored.id, id, metadata});
                });
            });
            if (!handled)
                return std::move(handled).error();
            return true;
        }
    }
    void tell_sent(const Recorded<Step>& step, const StoredCommand& stored, const Uuid& id) const {
        observer_.tell([&] {
            return CommandSent{.process = step.stream.str(),
                               .target = stored.target,
                               .id = stored.id,
                               .command_id = id};
        });
    }

    /// `refusal_id` is the id of the first event that the command would have made: of two runners
    /// one of which executed it and the other was refused, the store takes what comes first.
    template <class C>
    Result<void> tell_refusal(const Recorded<Step>& step, const Uuid& command_id,
                              const Uuid& refusal_id, const StoredCommand& stored, const C& command,
                              const Error& error, const CallOptions& call) {
        if constexpr (ReactsTo<P, Rejected<C>>) {
            const Rejected<C> refusal{command, stored.id, error.message()};
            const StepInput input{.kind = "refusal",
                                  .type = std::string(SnakeName<C>::value),
                                  .data = stored.command,
                                  .at = step.recorded_at,
                                  .id = command_id,
                                  .target = stored.target,
                                  .target_id = stored.id,
                                  .reason = refusal.reason};
            const Metadata cause = caused_by(step.id, step.metadata);
            return teller_->tell(
                step.stream, input, refusal_id, cause, false, false,
                [](ProcessMemory<P>&) { return Result<void>(); },
                [&](const typename P::State& state) {
                    return Result<typename P::Reaction>(P::react(state, refusal));
                },
                call);
        } else {
            return Error(
                errc::rejected,
                joined({stored.target, " ", stored.id, " refused the command: ", error.message(),
                        "; the process has no react for es::Rejected of it"}));
        }
    }

    std::shared_ptr<Teller> teller_;
    std::shared_ptr<OpenDeadlines> deadlines_;
    Handler handler_;
    const Observer observer_;
    Targets<List> targets_;
    EventReader<Step> reader_;
    std::map<Uuid, Begun> begun_; // by the id of the step
};

} // namespace detail

} // namespace eventsourcing

#endif
