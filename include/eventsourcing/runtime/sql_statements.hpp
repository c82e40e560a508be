// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_SQL_STATEMENTS_HPP
#define EVENTSOURCING_RUNTIME_SQL_STATEMENTS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/progress.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing {

namespace detail {

template <class T>
inline constexpr bool is_optional_value = false;
template <class T>
inline constexpr bool is_optional_value<std::optional<T>> = true;

/// A value as SQL has it; a time is nanoseconds since 1970, an id its text.
template <class T>
SqlValue sql_value(const T& value) {
    if constexpr (std::same_as<T, std::nullopt_t> || std::same_as<T, std::nullptr_t>)
        return {};
    else if constexpr (is_optional_value<T>)
        return value ? sql_value(*value) : SqlValue{};
    else if constexpr (std::integral<T>)
        return static_cast<std::int64_t>(value);
    else if constexpr (std::floating_point<T>)
        return static_cast<double>(value);
    else if constexpr (std::is_enum_v<T>)
        return static_cast<std::int64_t>(value);
    else if constexpr (std::convertible_to<const T&, std::string_view>)
        return std::string(std::string_view(value));
    else if constexpr (std::same_as<T, Uuid>)
        return value.to_string();
    else
        return std::vector<std::byte>(value);
}

template <class T>
concept SqlArgument =
    std::same_as<T, std::nullopt_t> || std::same_as<T, std::nullptr_t> || std::is_arithmetic_v<T> ||
    std::is_enum_v<T> || std::same_as<T, Uuid> || std::convertible_to<const T&, std::string_view> ||
    std::same_as<T, std::vector<std::byte>>;
template <class T>
concept SqlArgumentOrNone =
    SqlArgument<T> || (is_optional_value<T> && SqlArgument<typename T::value_type>);

} // namespace detail

/// Statements as data: a projection adds them, the store runs them in the transaction of the
/// checkpoint, in their order.
class SqlStatements {
public:
    /// Adds a statement with the values of its parameters, `?1` the first one. Values are numbers,
    /// texts, enumerations (by their number), ids (as text), bytes, `nullptr`, or an optional of
    /// these. An unsigned number above 2^63 - 1 makes the event one that can't be handled.
    template <detail::SqlArgumentOrNone... Values>
    void run(std::string text, const Values&... values) {
        std::size_t parameter = 0;
        (check(++parameter, values), ...);
        SqlStatement& added = list_.emplace_back(SqlStatement{std::move(text)});
        added.values.reserve(sizeof...(values));
        (added.values.push_back(detail::sql_value(values)), ...);
    }

    [[nodiscard]] const std::vector<SqlStatement>& list() const { return list_; }
    /// Why a value can't be stored.
    [[nodiscard]] const Result<void>& storable() const { return storable_; }
    [[nodiscard]] std::vector<SqlStatement> take() {
        storable_ = {};
        return std::exchange(list_, {});
    }

private:
    template <class T>
    void check(std::size_t parameter, const T& value) {
        if constexpr (detail::is_optional_value<T>) {
            if (value)
                check(parameter, *value);
        } else if constexpr (std::is_enum_v<T>) {
            check(parameter, static_cast<std::underlying_type_t<T>>(value));
        } else if constexpr (std::unsigned_integral<T>) {
            if (value > std::uint64_t{std::numeric_limits<std::int64_t>::max()} && storable_)
                storable_ = Error(
                    errc::invalid,
                    detail::joined({"?", std::to_string(parameter), " is ", std::to_string(value),
                                    ", and an integer of SQL is 2^63 - 1 at most: "
                                    "store it as text"}));
        }
    }

    std::vector<SqlStatement> list_{};
    Result<void> storable_{};
};

/// The State of a projection whose tables are the application's own, in the SQLite file that keeps
/// its checkpoint. Its statements are SQLite's SQL.
class SqliteStatements : public SqlStatements {};

} // namespace eventsourcing

#endif
