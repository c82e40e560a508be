// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_PROJECTED_STATEMENTS_HPP
#define EVENTSOURCING_TESTING_PROJECTED_STATEMENTS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/runtime/sql_statements.hpp>
#include <eventsourcing/store/progress.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace eventsourcing {

/// A statement that is expected, with the values of its parameters, as `SqlStatements::run` takes
/// them.
template <detail::SqlArgumentOrNone... Values>
[[nodiscard]] SqlStatement statement(std::string text, const Values&... values) {
    return {std::move(text), {detail::sql_value(values)...}};
}

namespace detail {

inline std::string describe_sql_value(const SqlValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value))
        return std::to_string(*number);
    if (const auto* number = std::get_if<double>(&value))
        return std::to_string(*number);
    if (const auto* text = std::get_if<std::string>(&value))
        return in_quotes(*text);
    if (const auto* bytes = std::get_if<std::vector<std::byte>>(&value))
        return joined({std::to_string(bytes->size()), " bytes"});
    return "NULL";
}
inline std::string describe_statement(const SqlStatement& statement) {
    std::string out = statement.text;
    for (std::size_t i = 0; i < statement.values.size(); ++i)
        out += joined({i == 0 ? " [" : ", ", describe_sql_value(statement.values[i])});
    return statement.values.empty() ? out : out + "]";
}
inline std::string describe_statements(const std::vector<SqlStatement>& list) {
    std::string out = joined({std::to_string(list.size()), " statements\n"});
    for (const SqlStatement& statement : list)
        out += joined({"  ", describe_statement(statement), "\n"});
    return out;
}

/// Lines that say which statements differ; empty if none does.
inline std::string statements_difference(const std::vector<SqlStatement>& expected,
                                         const std::vector<SqlStatement>& got) {
    std::string out;
    for (std::size_t i = 0; i < std::max(expected.size(), got.size()); ++i) {
        const std::string wanted = i < expected.size() ? describe_statement(expected[i]) : "none";
        const std::string found = i < got.size() ? describe_statement(got[i]) : "none";
        const bool same = i < expected.size() && i < got.size() &&
                          expected[i].text == got[i].text && expected[i].values == got[i].values;
        if (!same)
            out += joined({"  statement ", std::to_string(i + 1), ": expected ", wanted,
                           "\n               got ", found, "\n"});
    }
    return out.empty() ? out : "the statements are not as expected\n" + out;
}

} // namespace detail

} // namespace eventsourcing

#endif
