// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_DUPLICATE_ID_HPP
#define EVENTSOURCING_STORE_DUPLICATE_ID_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/uuid.hpp>

#include <string>

namespace eventsourcing {

/// The data of `errc::duplicate_id`: an event of the batch that is stored already, and where.
struct DuplicateId {
    Uuid id;
    std::string stream;
    Revision revision;

    bool operator==(const DuplicateId&) const = default;
};

/// Where the event is whose id was refused; null for errors of other kinds. Valid as long as the
/// error.
[[nodiscard]] inline const DuplicateId* duplicate_id(const Error& error) {
    return error.attached<DuplicateId>();
}

} // namespace eventsourcing

#endif
