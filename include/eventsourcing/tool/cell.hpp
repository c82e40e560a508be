// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_CELL_HPP
#define EVENTSOURCING_TOOL_CELL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/tool/shown_text.hpp>

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail::tool {

/// Any text as a JSON string.
inline std::string json_string(std::string_view text) {
    std::string out;
    if (encode_json_to(out, text))
        return harmless_json(out);
    out.clear();
    static_cast<void>(encode_json_to(out, std::string_view(shown_text(text)))); // it is UTF-8
    return out;
}

/// A value of a row: what people see, and what machines get.
struct Cell {
    std::string shown{};
    std::string json = "null";

    Cell() = default;
    Cell(std::string text, std::string value) : shown(std::move(text)), json(std::move(value)) {}
    Cell(std::string_view text) : shown(shown_text(text)), json(json_string(text)) {}
    Cell(const std::string& text) : Cell(std::string_view(text)) {}
    Cell(const char* text) : Cell(std::string_view(text)) {}
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    Cell(T number) : shown(std::to_string(number)),
                     json(shown) {}
    /// People see seconds.
    Cell(Timestamp time) {
        shown = time.to_string();
        json = json_string(shown);
        shown = shown.substr(0, 10) + " " + shown.substr(11, 8) + "Z";
    }
};

/// Texts as a JSON array; people see them with blanks between them.
template <class Texts>
Cell cell_of_all(const Texts& texts) {
    Cell cell("", "[");
    for (const std::string_view text : texts) {
        cell.shown += joined({cell.shown.empty() ? "" : " ", shown_text(text)});
        cell.json += joined({cell.json.size() == 1 ? "" : ",", json_string(text)});
    }
    cell.json += "]";
    return cell;
}

} // namespace eventsourcing::detail::tool

#endif
