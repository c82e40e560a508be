// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SIMULATED_ENGINE_HPP
#define EVENTSOURCING_TESTING_SIMULATED_ENGINE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/store/pipelined_sink.hpp>
#include <eventsourcing/store/validate.hpp>
#include <eventsourcing/testing/kept_batch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing {

/// How often the engine of a `PipelinedMemorySink` does what, in percent of the batches, and from
/// which seed it draws it.
struct SimulatedFaults {
    std::uint64_t seed = 0;
    unsigned refused = 0;
    unsigned answers_lost = 0;
    unsigned batches_lost = 0;
    /// False: its answers have no receipts, as those of a broker.
    bool receipts = true;
};

namespace detail {

/// What becomes of a batch at the engine.
enum class Arrival : std::uint8_t { written, refused, answer_lost, batch_lost };

/// A batch on its way.
struct SimulatedBatch {
    Ticket ticket;
    KeptBatch events;
    /// Behind one that failed: it is never written.
    bool left_out;
    bool arrived = false;
    /// Once it has arrived; nothing if no answer comes.
    std::optional<Result<std::optional<Receipt>>> answer{};
};

/// The batches of one stream in one pipeline, in their order.
struct SimulatedLane {
    std::deque<SimulatedBatch> batches{};
    /// A batch was refused or lost: what is submitted before the next flush is left out.
    bool failed = false;
};

/// One pipeline.
struct SimulatedLine {
    struct Ready {
        PipelineAnswer answer;
        std::size_t bytes;
    };

    explicit SimulatedLine(const PipelineOptions& given) : options(given) {}

    PipelineOptions options;
    std::map<std::string, SimulatedLane, std::less<>> lanes{};
    std::vector<Ready> ready{};
    std::size_t open = 0;       // tickets without an answer that was passed on
    std::size_t open_bytes = 0; // of their batches
    std::uint64_t last_ticket = 0;
    bool closed = false;
};

/// The engine behind a `PipelinedMemorySink`.
///
/// All functions may be called from several threads at once.
class SimulatedEngine {
public:
    SimulatedEngine(MemoryStore store, SimulatedFaults faults, Environment environment)
        : store_(std::move(store)),
          faults_(faults),
          environment_(std::move(environment)),
          random_(faults.seed) {}

    [[nodiscard]] const MemoryStore& store() const { return store_; }
    [[nodiscard]] const Environment& environment() const { return environment_; }

    std::shared_ptr<SimulatedLine> open(const PipelineOptions& options) {
        const std::lock_guard lock{mutex_};
        std::erase_if(lines_, [](const auto& line) { return line->closed; });
        return lines_.emplace_back(std::make_shared<SimulatedLine>(options));
    }

    void script(StreamNameView stream, Arrival arrival) {
        const std::lock_guard lock{mutex_};
        scripts_[stream.str()].push_back(arrival);
    }

    bool step() {
        const std::lock_guard lock{mutex_};
        return advance();
    }

    Result<Ticket> submit(SimulatedLine& line, StreamNameView stream, const EventBatch& batch,
                          PipelineAnswers& answers, const CallOptions& given) {
        const CallOptions call = given.begun(environment_);
        const std::lock_guard lock{mutex_};
        if (line.closed)
            return errc::closed;
        if (auto good = check_call(call, environment_); !good)
            return std::move(good).error();
        const auto events = batch.encoded();
        if (!events)
            return meant_for(events.error(), stream);
        if (auto good = check_batch(*events); !good)
            return meant_for(std::move(good).error(), stream);
        KeptBatch kept(*events);
        SimulatedLane& lane = line.lanes[stream.str()];
        if (auto good = make_room(line, kept.byte_size(), answers, call); !good)
            return std::move(good).error();
        ++line.open;
        line.open_bytes += kept.byte_size();
        const Ticket ticket{++line.last_ticket};
        lane.batches.push_back({ticket, std::move(kept), lane.failed});
        return ticket;
    }

    Result<void> poll(SimulatedLine& line, PipelineAnswers& answers, const CallOptions& given) {
        const CallOptions call = given.begun(environment_);
        const std::lock_guard lock{mutex_};
        if (line.closed)
            return errc::closed;
        while (line.ready.empty() && line.open > 0) {
            if (call.stop.stop_requested())
                return errc::cancelled;
            if (!check_call(call, environment_) || !advance())
                return {};
        }
        pass_on(line, answers);
        return {};
    }

    Result<void> flush(SimulatedLine& line, PipelineAnswers& answers, const CallOptions& given) {
        const CallOptions call = given.begun(environment_);
        const std::lock_guard lock{mutex_};
        if (line.closed)
            return errc::closed;
        while (line.open > line.ready.size() && check_call(call, environment_) && advance()) {
        }
        pass_on(line, answers);
        const std::size_t missing = line.open;
        give_up(line, answers);
        line.lanes.clear();
        if (missing == 0)
            return {};
        return Error(errc::unknown_outcome,
                     std::to_string(missing) +
                         " batches of the pipeline have no answer; submit them again, with "
                         "the same ids");
    }

    void close(SimulatedLine& line, PipelineAnswers& answers) {
        const std::lock_guard lock{mutex_};
        if (std::exchange(line.closed, true))
            return;
        pass_on(line, answers);
        give_up(line, answers);
    }

private:
    /// A number below `end`: SplitMix64, the same with each standard library.
    std::uint64_t draw(std::uint64_t end) {
        std::uint64_t z = (random_ += 0x9E3779B97F4A7C15U);
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return (z ^ (z >> 31U)) % end;
    }

    Result<void> make_room(SimulatedLine& line, std::size_t bytes, PipelineAnswers& answers,
                           const CallOptions& call) {
        const auto full = [&] {
            return line.open >= line.options.most_batches ||
                   (line.open > 0 && line.open_bytes + bytes > line.options.most_bytes);
        };
        while (full()) {
            if (!line.ready.empty())
                pass_on(line, answers);
            else if (auto good = check_call(call, environment_); !good)
                return good;
            else if (!advance())
                return Error(errc::timed_out, "the pipeline is full, and no answer comes any more");
        }
        return {};
    }

    /// One thing that can happen next.
    struct Move {
        SimulatedLine* line;
        SimulatedLane* lane;
        std::string_view stream;
        SimulatedBatch* arriving; // or the front's answer comes
    };

    /// Makes one of the things happen that can; the mutex is locked.
    bool advance() {
        std::vector<Move> moves;
        for (const auto& line : lines_)
            for (auto& [stream, lane] : line->lanes) {
                const auto next = std::find_if(lane.batches.begin(), lane.batches.end(),
                                               [](const auto& batch) { return !batch.arrived; });
                if (next != lane.batches.end())
                    moves.push_back({line.get(), &lane, stream, &*next});
                if (!lane.batches.empty() && lane.batches.front().answer)
                    moves.push_back({line.get(), &lane, stream, nullptr});
            }
        if (moves.empty())
            return false;
        const Move& move = moves[draw(moves.size())];
        if (move.arriving)
            arrive(*move.lane, move.stream, *move.arriving);
        else
            answer_front(*move.line, *move.lane);
        return true;
    }

    Arrival arrival_in(std::string_view stream) {
        if (const auto found = scripts_.find(stream);
            found != scripts_.end() && !found->second.empty()) {
            const Arrival next = found->second.front();
            found->second.pop_front();
            return next;
        }
        auto percent = draw(100);
        for (const auto& [share, arrival] :
             {std::pair{faults_.refused, Arrival::refused},
              std::pair{faults_.answers_lost, Arrival::answer_lost},
              std::pair{faults_.batches_lost, Arrival::batch_lost}}) {
            if (percent < share)
                return arrival;
            percent -= share;
        }
        return Arrival::written;
    }

    void arrive(SimulatedLane& lane, std::string_view stream, SimulatedBatch& batch) {
        batch.arrived = true;
        if (batch.left_out) {
            batch.answer = behind_a_failure(batch.ticket);
            return;
        }
        const Arrival arrival = arrival_in(stream);
        if (arrival == Arrival::refused)
            batch.answer = Result<std::optional<Receipt>>(
                Error(errc::unavailable, "the simulated engine refused the batch"));
        else if (arrival != Arrival::batch_lost)
            write(stream, batch);
        if (arrival == Arrival::answer_lost)
            batch.answer.reset();
        if (arrival == Arrival::batch_lost || (batch.answer && !*batch.answer))
            break_lane(lane, batch.ticket);
    }

    void write(std::string_view stream, SimulatedBatch& batch) {
        auto receipt = store_.append_unchecked(*StreamNameView::parse(stream), batch.events.view());
        if (!receipt)
            batch.answer = Result<std::optional<Receipt>>(std::move(receipt).error());
        else
            batch.answer = Result<std::optional<Receipt>>(faults_.receipts ? std::optional(*receipt)
                                                                           : std::nullopt);
    }

    /// Leaves out what is after a batch that failed or was lost.
    static void break_lane(SimulatedLane& lane, Ticket failed) {
        lane.failed = true;
        for (SimulatedBatch& batch : lane.batches)
            if (batch.ticket > failed)
                batch.left_out = true;
    }

    static Result<std::optional<Receipt>> behind_a_failure(Ticket ticket) {
        return Error(errc::not_sent, "batch " + std::to_string(ticket.number()) +
                                         " of the pipeline: a batch before it in its stream was "
                                         "not written; submit both again");
    }

    static void answer_front(SimulatedLine& line, SimulatedLane& lane) {
        SimulatedBatch& front = lane.batches.front();
        line.ready.push_back({{front.ticket, *std::move(front.answer)}, front.events.byte_size()});
        lane.batches.pop_front();
    }

    static void pass_on(SimulatedLine& line, PipelineAnswers& answers) {
        for (auto& ready : line.ready) {
            --line.open;
            line.open_bytes -= ready.bytes;
            answers.push_back(std::move(ready.answer));
        }
        line.ready.clear();
    }

    /// Answers what has no answer. Of each stream the first few batches still arrive, as some that
    /// are under way would.
    void give_up(SimulatedLine& line, PipelineAnswers& answers) {
        for (auto& [stream, lane] : line.lanes) {
            const std::size_t under_way = draw(lane.batches.size() + 1);
            for (std::size_t i = 0; i < under_way; ++i)
                if (!lane.batches[i].arrived)
                    arrive(lane, stream, lane.batches[i]);
            for (SimulatedBatch& batch : lane.batches) {
                Result<std::optional<Receipt>> result =
                    batch.left_out
                        ? behind_a_failure(batch.ticket)
                        : Error(errc::unknown_outcome,
                                "batch " + std::to_string(batch.ticket.number()) +
                                    " of the pipeline: no answer has come; submit it again, with "
                                    "the same ids");
                answers.push_back({batch.ticket, std::move(result)});
            }
        }
        line.open = 0;
        line.open_bytes = 0;
    }

    std::mutex mutex_;
    const MemoryStore store_;
    const SimulatedFaults faults_;
    const Environment environment_;
    std::uint64_t random_;
    std::vector<std::shared_ptr<SimulatedLine>> lines_;
    std::map<std::string, std::deque<Arrival>, std::less<>> scripts_;
};

} // namespace detail

} // namespace eventsourcing

#endif
