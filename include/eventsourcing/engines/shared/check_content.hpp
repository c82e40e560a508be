// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SHARED_CHECK_CONTENT_HPP
#define EVENTSOURCING_ENGINES_SHARED_CHECK_CONTENT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/media_type.hpp>
#include <eventsourcing/codec/event_table.hpp>
#include <eventsourcing/codec/json_scanner.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/engines/shared/verify_report.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/metadata_codec.hpp>
#include <eventsourcing/store/recorded.hpp>

#include <cstdint>
#include <string>

namespace eventsourcing::detail::shared {

/// From `first` to the one before `next`.
inline std::string missing(const std::string& what, std::int64_t first, std::int64_t next) {
    return what + " " + std::to_string(first) +
           (next == first + 1 ? " is missing" : " to " + std::to_string(next - 1) + " are missing");
}

inline void add_problem(VerifyReport& report, const EventRecord& record, const std::string& what) {
    report.add_problem("position " + std::to_string(record.position->value()) + " (stream " +
                       std::string(record.stream) + ", revision " +
                       std::to_string(record.revision.value()) + "): " + what);
}

/// False if `V` has no event of this type.
template <class V>
bool check_as(VerifyReport& report, const EventRecord& record) {
    bool known = false;
    for (const auto& row : EventTable<V>::rows)
        known = known || row.type == record.type;
    if (!known)
        return false;
    const auto event = guarded("decoding an event", [&] { return decode_event<V>(record); });
    if (!event)
        report.add_problem("position " + std::to_string(record.position->value()) + ": " +
                           event.error().message());
    return true;
}

/// That data and metadata of a record, which has a position, can be decoded: the data as one of the
/// events `Vs`, if there are any.
template <class... Vs>
void check_content(VerifyReport& report, const EventRecord& record) {
    if (auto metadata = decode_metadata(record.metadata); !metadata)
        add_problem(report, record, metadata.error().message());
    if constexpr (sizeof...(Vs) == 0) {
        if (!is_json_media_type(record.content_type))
            return;
        JsonScanner scanner(record.data);
        if (!scanner.skip_value() || !scanner.at_end())
            add_problem(report, record, scanner.error(errc::malformed).message());
    } else {
        const bool known = (check_as<Vs>(report, record) || ...);
        if (!known)
            add_problem(report, record,
                        "none of the given events is stored as " + in_quotes(record.type));
    }
}

} // namespace eventsourcing::detail::shared

#endif
