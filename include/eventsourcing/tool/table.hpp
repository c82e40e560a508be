// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_TABLE_HPP
#define EVENTSOURCING_TOOL_TABLE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/tool/cell.hpp>
#include <eventsourcing/tool/terminal.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail::tool {

/// For people or for machines.
enum class Format : std::uint8_t { table, json };

struct Column {
    /// The name of the member in JSON; people see blanks in place of `_`.
    std::string_view name;
    enum class Kind : std::uint8_t {
        text,
        number,    ///< to the right
        if_room,   ///< a text that is left out if there is no room
        json_only, ///< not in the table
    } kind = Kind::text;
    /// It is made narrower than this only if it must be.
    std::size_t least = 8;
};

using Row = std::vector<Cell>;

/// A row as a JSON object.
inline std::string json_object(const std::vector<Column>& columns, const Row& row) {
    std::string out = "{";
    for (std::size_t i = 0; i < columns.size(); ++i) {
        out += joined({i == 0 ? "" : ",", json_string(columns[i].name), ":"});
        out += row[i].json;
    }
    return out + "}";
}

/// Prints rows: as a table whose lines fit the terminal, or each as a JSON object in a line.
///
/// A table needs the widths of all cells before its first line, so rows are kept until there are
/// many or `flush` is called. Columns become wider for later rows that need it, never narrower.
class Table {
public:
    Table(const Terminal& terminal, Format format, std::vector<Column> columns)
        : terminal_(terminal),
          format_(format),
          columns_(std::move(columns)) {}
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;
    ~Table() { flush(); }

    void add(Row row) {
        empty_ = false;
        if (format_ == Format::json)
            return terminal_.print(json_object(columns_, row) + "\n");
        rows_.push_back(std::move(row));
        constexpr std::size_t most_kept = 500;
        if (rows_.size() == most_kept)
            flush();
    }

    /// Prints what is kept.
    void flush() {
        if (!rows_.empty()) {
            const bool first = widths_.empty();
            if (grow())
                set_widths(first);
            if (first)
                print_titles();
        }
        for (const Row& row : rows_)
            print_line([&](std::size_t i) { return std::string_view(row[i].shown); });
        rows_.clear();
        static_cast<void>(terminal_.flush());
    }

    /// The end: people are told if there is nothing.
    void finish(std::string_view if_empty) {
        flush();
        if (empty_ && format_ == Format::table)
            terminal_.print(std::string(if_empty) + "\n");
    }

private:
    static constexpr std::size_t gap = 2;

    [[nodiscard]] std::string title(std::size_t i) const {
        std::string title(columns_[i].name);
        std::replace(title.begin(), title.end(), '_', ' ');
        return title;
    }

    /// Takes in the widths of the rows that are kept; returns whether that changes anything.
    bool grow() {
        const auto before = natural_;
        natural_.resize(columns_.size());
        for (std::size_t i = 0; i < columns_.size(); ++i)
            if (columns_[i].kind != Column::Kind::json_only)
                natural_[i] = std::max(natural_[i], natural_width(i));
        return natural_ != before;
    }
    /// That of the widest cell, but no more than the terminal has and the column needs.
    [[nodiscard]] std::size_t natural_width(std::size_t i) const {
        std::size_t width = title(i).size();
        for (const Row& row : rows_)
            width = std::max(width, width_of(row[i].shown));
        if (terminal_.width == 0 || columns_[i].kind == Column::Kind::number)
            return width;
        return std::min(width, std::max(terminal_.width, columns_[i].least));
    }
    /// The widths of the cells, narrowed until a line fits; 0 for a column that is left out. Once
    /// the titles are printed they decide which columns there are.
    void set_widths(bool first) {
        auto wanted = natural_;
        for (std::size_t i = 0; i < widths_.size(); ++i)
            if (widths_[i] == 0)
                wanted[i] = 0;
        widths_ = wanted;
        if (terminal_.width == 0)
            return;
        while (line_width() > terminal_.width) {
            if (narrow_widest(false))
                continue;
            if (first && leave_one_out(wanted))
                widths_ = wanted;
            else if (!narrow_widest(true))
                return;
        }
    }
    [[nodiscard]] std::size_t line_width() const {
        std::size_t sum = 0;
        for (const std::size_t width : widths_)
            sum += width == 0 ? 0 : width + gap;
        return sum - std::min(sum, gap);
    }
    /// `more` is for when all else was not enough.
    bool narrow_widest(bool more) {
        constexpr std::size_t least_of_all = 6;
        std::size_t widest = columns_.size();
        for (std::size_t i = 0; i < columns_.size(); ++i)
            if (columns_[i].kind != Column::Kind::number &&
                widths_[i] > (more ? least_of_all : columns_[i].least) &&
                (widest == columns_.size() || widths_[i] > widths_[widest]))
                widest = i;
        if (widest == columns_.size())
            return false;
        --widths_[widest];
        return true;
    }
    bool leave_one_out(std::vector<std::size_t>& widths) const {
        for (std::size_t i = columns_.size(); i-- > 0;)
            if (columns_[i].kind == Column::Kind::if_room && widths[i] != 0) {
                widths[i] = 0;
                return true;
            }
        return false;
    }

    void print_titles() const {
        if (terminal_.colours)
            terminal_.print("\x1b[1m");
        print_line([&](std::size_t i) { return title(i); });
        if (terminal_.colours)
            terminal_.print("\x1b[0m");
    }
    template <class TextOf>
    void print_line(TextOf text_of) const {
        std::string line;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            if (widths_[i] == 0)
                continue;
            const std::string text = cut_to(text_of(i), widths_[i]);
            const std::string blank(widths_[i] - width_of(text), ' ');
            line += columns_[i].kind == Column::Kind::number ? blank + text : text + blank;
            line.append(gap, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        terminal_.print(line + "\n");
    }

    const Terminal& terminal_;
    Format format_;
    std::vector<Column> columns_;
    std::vector<Row> rows_{};
    /// Of the columns if there were room.
    std::vector<std::size_t> natural_{};
    std::vector<std::size_t> widths_{};
    bool empty_ = true;
};

} // namespace eventsourcing::detail::tool

#endif
