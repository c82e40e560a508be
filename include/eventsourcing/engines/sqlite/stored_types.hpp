// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_STORED_TYPES_HPP
#define EVENTSOURCING_ENGINES_SQLITE_STORED_TYPES_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <cstdint>
#include <string>
#include <unordered_map>

namespace eventsourcing::detail::sqlite {

/// A row of es_types.
struct StoredType {
    std::string name;
    std::string version;
    std::string content_type;
    std::string source;
};

/// Rows of es_types that were read, by id. A committed row never changes. A connection that may
/// roll back its own rows must not keep them after its transaction.
using StoredTypes = std::unordered_map<std::int64_t, StoredType>;

} // namespace eventsourcing::detail::sqlite

#endif
