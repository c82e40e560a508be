// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_FIELDS_HPP
#define EVENTSOURCING_TOOL_FIELDS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/tool/table.hpp>
#include <eventsourcing/tool/terminal.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace eventsourcing::detail::tool {

/// Prints one row, whole: each of its cells in a line, or as a JSON object.
inline void print_fields(const Terminal& terminal, Format format,
                         const std::vector<Column>& columns, const Row& row) {
    if (format == Format::json)
        return terminal.print(json_object(columns, row) + "\n");
    std::size_t width = 0;
    for (const Column& column : columns)
        width = std::max(width, column.name.size() + 2);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        std::string name(columns[i].name);
        std::replace(name.begin(), name.end(), '_', ' ');
        std::string line = terminal.colours ? "\x1b[1m" + name + "\x1b[0m" : name;
        if (!row[i].shown.empty())
            line.append(width - name.size(), ' ').append(row[i].shown);
        terminal.print(line + "\n");
    }
}

} // namespace eventsourcing::detail::tool

#endif
