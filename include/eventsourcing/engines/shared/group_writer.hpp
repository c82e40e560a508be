// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SHARED_GROUP_WRITER_HPP
#define EVENTSOURCING_ENGINES_SHARED_GROUP_WRITER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/shared/write_request.hpp>

namespace eventsourcing::detail::shared {

/// What an engine does for a group of requests: one transaction at a time, by one thread at a time.
class GroupWriter {
public:
    GroupWriter(const GroupWriter&) = delete;
    GroupWriter& operator=(const GroupWriter&) = delete;

    /// Begins a transaction that keeps other writers out.
    [[nodiscard]] virtual Result<void> begin() = 0;
    /// Does what is asked in the open transaction. After an error nothing of the request is there.
    /// If the transaction is no longer open then, what was written before it is lost as well.
    [[nodiscard]] virtual Result<Written> write(const WriteRequest& request) = 0;
    /// Whether there is anything to commit.
    [[nodiscard]] virtual bool has_written() const = 0;
    [[nodiscard]] virtual bool in_transaction() const = 0;
    /// Answers `errc::unknown_outcome` if what was written may or may not be stored; the writer
    /// must then never be used again.
    [[nodiscard]] virtual Result<void> commit() noexcept = 0;
    /// Rolls back the transaction if it is still open.
    virtual void roll_back() noexcept = 0;

protected:
    GroupWriter() = default;
    ~GroupWriter() = default;
};

} // namespace eventsourcing::detail::shared

#endif
