// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_INTERNED_NAMES_HPP
#define EVENTSOURCING_ENGINES_SQLITE_INTERNED_NAMES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/statement.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/text_map.hpp>

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail::sqlite {

/// The numbers under which types and tags are stored: looked up or assigned, and remembered. They
/// must be forgotten when a transaction that may have assigned some is rolled back.
class InternedNames {
public:
    explicit InternedNames(Connection& connection) : connection_(connection) {}

    [[nodiscard]] Result<std::int64_t> type(const NewEvent& event) {
        // none of the first three contains a blank
        key_.assign(event.type).append(1, ' ').append(event.version).append(1, ' ');
        key_.append(event.content_type).append(1, ' ').append(event.source);
        return number(types_, key_, Sql::find_type, Sql::add_type, [&event](Statement& statement) {
            statement.bind(event.type).bind(event.version).bind(event.content_type);
            statement.bind(event.source);
        });
    }
    [[nodiscard]] Result<std::int64_t> tag(std::string_view name) {
        return number(tags_, name, Sql::find_tag, Sql::add_tag,
                      [name](Statement& statement) { statement.bind(name); });
    }

    void forget() {
        types_.clear();
        tags_.clear();
    }

private:
    using Numbers = TextMap<std::int64_t>;
    static constexpr std::size_t most_remembered = 10'000;

    template <class Bind>
    Result<std::int64_t> number(Numbers& known, std::string_view name, Sql find, Sql add,
                                Bind bind) {
        if (const auto found = known.find(name); found != known.end())
            return found->second;
        std::int64_t number = 0;
        {
            Statement row(connection_, find);
            bind(row);
            auto found = row.step();
            if (!found)
                return std::move(found).error();
            if (*found)
                number = row.integer(0);
        }
        if (number == 0) {
            Statement row(connection_, add);
            bind(row);
            if (auto added = row.run(); !added)
                return std::move(added).error();
            number = sqlite3_last_insert_rowid(connection_.handle());
        }
        if (known.size() >= most_remembered)
            known.clear();
        known.try_emplace(std::string(name), number);
        return number;
    }

    Connection& connection_;
    Numbers types_;
    Numbers tags_;
    std::string key_;
};

} // namespace eventsourcing::detail::sqlite

#endif
