// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_RECORD_ROW_HPP
#define EVENTSOURCING_TOOL_RECORD_ROW_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json_scanner.hpp>
#include <eventsourcing/core/base64.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/head.hpp>
#include <eventsourcing/store/recorded.hpp>
#include <eventsourcing/tool/table.hpp>
#include <eventsourcing/tool/without_seals.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace eventsourcing::detail::tool {

inline bool is_json(std::string_view text) {
    JsonScanner scanner(text);
    return scanner.skip_value() && scanner.at_end();
}

/// JSON on one line, without sealed values.
inline Cell json_cell(std::string_view json) {
    std::string line = harmless_json(without_seals(json));
    std::string shown = line;
    return {std::move(shown), std::move(line)};
}

inline Cell position_cell(std::optional<Position> position) {
    if (!position)
        return {};
    std::string text = text_of(*position);
    std::string json = position->prepare() == 0 ? text : json_string(text);
    return {std::move(text), std::move(json)};
}

/// The data of an event: JSON as it is, any other bytes as Base64, and for people their number.
inline Cell data_cell(const EventRecord& record) {
    if (holds_json(record) && is_json(record.data))
        return json_cell(record.data);
    std::string base64;
    encode_base64(record.data, base64);
    return {joined({"(", std::to_string(record.data.size()), " bytes of ",
                    shown_text(record.content_type), ")"}),
            joined({R"({"base64":)", json_string(base64), "}"})};
}

/// The columns of events: of one stream, or of the whole store.
inline std::vector<Column> record_columns(bool of_stream) {
    using Kind = Column::Kind;
    return {{"position", of_stream ? Kind::json_only : Kind::number},
            {"stream", of_stream ? Kind::json_only : Kind::text, 10},
            {"revision", Kind::number},
            {"recorded_at", Kind::if_room, 20},
            {"type", Kind::text, 20},
            {"version", Kind::json_only},
            {"data", Kind::text, 20},
            {"id", Kind::json_only},
            {"content_type", Kind::json_only},
            {"source", Kind::json_only},
            {"tags", Kind::json_only},
            {"metadata", Kind::json_only}};
}

inline Row record_row(const EventRecord& record) {
    return {position_cell(record.position),
            record.stream,
            record.revision.value(),
            record.recorded_at,
            record.type,
            record.version,
            data_cell(record),
            record.id.to_string(),
            record.content_type,
            record.source.empty() ? Cell() : Cell(record.source),
            cell_of_all(record.tags),
            record.metadata.empty()    ? Cell()
            : is_json(record.metadata) ? json_cell(record.metadata)
                                       : Cell(record.metadata)};
}

} // namespace eventsourcing::detail::tool

#endif
