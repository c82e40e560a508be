// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PROCESS_PROCESS_STEP_HPP
#define EVENTSOURCING_RUNTIME_PROCESS_PROCESS_STEP_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/customisation.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/sha256.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/following/parking.hpp>
#include <eventsourcing/runtime/reaction.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/progress_limits.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eventsourcing::detail {

/// What a process was told: an event, a deadline that was due, or a command that was refused.
struct StepInput {
    std::string kind;
    /// Of the event, the deadline, or the command that was refused.
    std::string type{};
    std::string data{};
    /// When the event was recorded, the deadline due, or the step recorded that sent the command.
    Timestamp at{};
    /// Of the event; of a refusal, the id of the command.
    Uuid id{};

    // of an event
    std::string version{};
    std::string stream{};
    std::uint64_t revision = 0;
    std::optional<Position> position{};
    std::string metadata{};
    std::vector<std::string> tags{};
    std::string source{};

    // of a refusal
    std::string target{};
    std::string target_id{};
    std::string reason{};
};

/// A deadline that is set, or that is taken back.
struct StepDeadline {
    std::string type;
    std::string data{};
    std::optional<Timestamp> due{};

    bool operator==(const StepDeadline&) const = default;
};

/// The first part of the streams of the processes, and of the type of their events.
template <class P>
struct ProcessName {
    static constexpr std::string_view prefix = "process.";
    static constexpr std::string_view suffix = ".step";
    static constexpr std::string_view name = SnakeName<P>::value;
    static constexpr auto chars = [] {
        std::array<char, prefix.size() + name.size() + suffix.size()> out{};
        std::size_t at = 0;
        for (const std::string_view part : {prefix, name, suffix})
            for (const char c : part)
                out[at++] = c;
        return out;
    }();
    static constexpr std::string_view event_type{chars.data(), chars.size()};
    static constexpr std::string_view category = event_type.substr(0, prefix.size() + name.size());
};

/// The one event of a process's stream: what it was told, and what it does about it.
template <class P>
struct ProcessStep {
    static constexpr std::string_view event_type = ProcessName<P>::event_type;
    static constexpr std::string_view event_type_version = "1";
    static constexpr std::string_view event_source = "urn:eventsourcing:process";

    StepInput input;
    std::vector<StoredCommand> commands{};
    std::vector<StepDeadline> deadlines{};
    bool completes = false;
};

inline StepInput input_of(const EventRecord& record) {
    return {.kind = "event",
            .type = std::string(record.type),
            .data = std::string(record.data),
            .at = record.recorded_at,
            .id = record.id,
            .version = std::string(record.version),
            .stream = std::string(record.stream),
            .revision = record.revision.value(),
            .position = record.position,
            .metadata = std::string(record.metadata),
            .tags = {record.tags.begin(), record.tags.end()},
            .source = std::string(record.source)};
}

/// The event that an input is a copy of, as a record: a view of it and of `tags`.
inline EventRecord record_of(const StepInput& input, std::vector<std::string_view>& tags) {
    tags.assign(input.tags.begin(), input.tags.end());
    return {.id = input.id,
            .stream = input.stream,
            .revision = Revision{input.revision},
            .position = input.position,
            .recorded_at = input.at,
            .type = input.type,
            .version = input.version,
            .content_type = "application/json",
            .data = input.data,
            .metadata = input.metadata,
            .tags = tags,
            .source = input.source};
}

/// The stream of a process.
template <class P>
Result<StreamName> process_stream(std::string_view id) {
    return StreamName::of(ProcessName<P>::category, id);
}

/// The line in which what a process is not told, or has not sent, waits: its id, if a store can
/// keep that and it can't be taken for another line.
inline std::string process_line(std::string_view id) {
    constexpr std::string_view hashed = "process_id ";
    if (check_parked_key(id, 0) && !id.starts_with(stream_line) && !id.starts_with(hashed))
        return std::string(id);
    return joined({hashed, Sha256().add(id).hex()});
}

} // namespace eventsourcing::detail

#endif
