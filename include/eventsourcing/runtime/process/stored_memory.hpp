// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PROCESS_STORED_MEMORY_HPP
#define EVENTSOURCING_RUNTIME_PROCESS_STORED_MEMORY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/fingerprint.hpp>
#include <eventsourcing/core/aggregate_state.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/sha256.hpp>
#include <eventsourcing/runtime/kept_snapshots.hpp>
#include <eventsourcing/runtime/process/process_memory.hpp>
#include <eventsourcing/runtime/process/process_step.hpp>
#include <eventsourcing/runtime/projection_fingerprint.hpp>
#include <eventsourcing/store/metadata_codec.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

struct StoredDeadline {
    StepDeadline deadline{};
    std::string cause{}; // metadata
};

/// A memory as a snapshot keeps it.
template <class P>
struct StoredMemory {
    SubjectOf<typename P::State> state{};
    std::optional<Position> told{};
    std::map<std::string, std::uint64_t> told_of{};
    std::vector<StoredDeadline> deadlines{};
    std::vector<KnownRefusal> refusals{};
    std::uint64_t refusals_from = 0;
    bool completed = false;
    Generation generation{};
};

template <class P>
Result<StoredMemory<P>> stored_memory(const ProcessMemory<P>& memory) {
    StoredMemory<P> out{.state = subject(memory.state),
                        .told = memory.told,
                        .told_of = memory.told_of,
                        .deadlines = {},
                        .refusals = memory.refusals,
                        .refusals_from = memory.refusals_from,
                        .completed = memory.completed,
                        .generation = Generation{memory.revision->value() + 1}};
    for (const auto& [type, set] : memory.deadlines) {
        StoredDeadline& deadline = out.deadlines.emplace_back();
        deadline.deadline = set.deadline;
        if (auto done = encode_metadata(set.cause, deadline.cause); !done)
            return std::move(done).error();
    }
    return out;
}

template <class P>
Result<ProcessMemory<P>> memory_of(StoredMemory<P>&& stored, Revision revision) {
    Result<ProcessMemory<P>> out(std::in_place);
    subject(out->state) = std::move(stored.state);
    out->revision = revision;
    out->told = stored.told;
    out->told_of = std::move(stored.told_of);
    for (StoredDeadline& deadline : stored.deadlines) {
        auto cause = decode_metadata(deadline.cause);
        if (!cause)
            return std::move(cause).error();
        std::string type = deadline.deadline.type;
        out->deadlines[std::move(type)] = {std::move(deadline.deadline), *std::move(cause)};
    }
    out->refusals = std::move(stored.refusals);
    out->refusals_from = stored.refusals_from;
    out->completed = stored.completed;
    return out;
}

/// Of all that could change the meaning of a memory.
template <class P>
struct ProcessFingerprint {
    static_assert(explain_upcasts(ToldEvents<P>{}));
    static constexpr std::array<char, 64> digits = [] {
        Sha256 sum;
        add_text(sum, "process 1"); // the way in which this is put together
        add_text(sum, {LayoutFingerprint<typename P::State>::digits.data(), 64});
        add_text(sum, apply_revision_of<P>());
        add_events(sum, ToldEvents<P>{});
        return sum.hex_digits();
    }();
};

/// The snapshots of the processes of one kind.
template <class P>
constexpr SnapshotsOf snapshots_of_process() {
    return {ProcessName<P>::category, {ProcessFingerprint<P>::digits.data(), 64}};
}

} // namespace eventsourcing::detail

#endif
