// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PROCESS_PROCESS_INBOX_HPP
#define EVENTSOURCING_RUNTIME_PROCESS_PROCESS_INBOX_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/runtime/command_ids.hpp>
#include <eventsourcing/runtime/following/parking.hpp>
#include <eventsourcing/runtime/process/process_memory.hpp>
#include <eventsourcing/runtime/process/process_step.hpp>
#include <eventsourcing/runtime/process/process_teller.hpp>
#include <eventsourcing/runtime/process/react_again.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/metadata.hpp>
#include <eventsourcing/store/progress.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail {

/// Hands the events of the store to their processes.
template <class P, class Store, class Keeper = Store>
class ProcessInbox {
    using Reaction = typename P::Reaction;
    using Teller = ProcessTeller<P, Store, Keeper>;

public:
    static constexpr bool can_undo = false;
    static constexpr bool parks_all = true;
    static constexpr std::string_view options_name = "ProcessOptions";

    /// `held(line)` is whether something that the process has sent waits, so that the process
    /// waits, too.
    using Held = bool (*)(void* outbox, std::string_view line);
    explicit ProcessInbox(
        std::shared_ptr<Teller> teller, void* outbox = nullptr,
        Held held = [](void*, std::string_view) { return false; })
        : teller_(std::move(teller)),
          outbox_(outbox),
          held_(held) {}

    static Result<void> load(const Keeper& /*keeper*/, const ProgressKey& /*key*/,
                             const CallOptions& /*call*/) {
        return {};
    }
    static void begin(ProgressCommit& /*commit*/) {}
    static Result<void> collect(ProgressCommit& /*commit*/) { return {}; }
    static Result<void> committed() { return {}; }
    static Result<void> roll_back() { return {}; }

    Result<void> handle(std::span<const EventRecord> records, Parking& parking, Timestamp now,
                        const CallOptions& call, std::size_t& i) {
        for (const EventRecord& record : records) {
            auto done = handle(record, parking, now, call);
            if (!done)
                return done;
            ++i;
        }
        return {};
    }
    Result<void> handle_parked(const EventRecord& record, const std::string& key,
                               const CallOptions& call, const Parking& parking = {}) {
        return read(
            record, true,
            [&](const std::string& line) -> Result<bool> {
                if (held_(outbox_, line) || (key != line && parking.holds(line)))
                    return Error(errc::cannot_apply,
                                 joined({"something else of process ", in_quotes(line),
                                         " is parked, too: release that first"}));
                return false;
            },
            call);
    }

private:
    Result<void> handle(const EventRecord& record, Parking& parking, Timestamp now,
                        const CallOptions& call) {
        // until it is known which process it is for
        if (parking.passes_stream(record, now))
            return {};
        return read(
            record, false,
            [&](const std::string& line) -> Result<bool> {
                if (parking.passes(line, record, now))
                    return true;
                if (!held_(outbox_, line))
                    return false;
                parking.wait(line, record, now);
                return true;
            },
            call);
    }

    /// Tells the process what the record says, unless `passes(line)`.
    template <class Passes>
    Result<void> read(const EventRecord& record, bool missed, const Passes& passes,
                      const CallOptions& call) {
        return reader_.read(record, [&]<class E>(const Recorded<E>& event) -> Result<void> {
            const std::string id(P::process_id(event));
            if (auto passed = passes(process_line(id)); !passed || *passed)
                return passed ? Result<void>() : std::move(passed).error();
            auto stream = process_stream<P>(id);
            if (!stream)
                return std::move(stream).error().within("process_id");
            return teller_->tell(
                *stream, input_of(record), CommandIds(stream->str(), record.id).at(0),
                cause_of(event), is_one_of<E, typename StartersOf<P>::List>, missed,
                [&](ProcessMemory<P>& memory) { return memory.fold(event); },
                [&](const typename P::State& state) {
                    return Result<Reaction>(reaction_to<P>(state, event));
                },
                call);
        });
    }

    /// What is recorded with the step: the event is its cause.
    template <class E>
    static Metadata cause_of(const Recorded<E>& event) {
        Metadata cause{.causation_id = event.id.to_string()};
        cause.correlation_id = event.metadata.correlation_id.empty()
                                   ? event.id.to_string()
                                   : event.metadata.correlation_id;
        cause.traceparent = event.metadata.traceparent;
        cause.tracestate = event.metadata.tracestate;
        return cause;
    }

    std::shared_ptr<Teller> teller_;
    void* outbox_;
    Held held_;
    ToldReader<P> reader_;
};

} // namespace eventsourcing::detail

#endif
