// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_COMMAND_IDS_HPP
#define EVENTSOURCING_RUNTIME_COMMAND_IDS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/sha256.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/core/uuid.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// The ids of the events of one command in one stream, derived from these: every process that
/// executes it again makes the same ids, so that a store that remembers ids
/// stores its events once.
///
/// Part of what is stored; never changed. The first 16 bytes of the SHA-256 of the bytes of the
/// command's id, the stream's name and the index of the event (8 bytes, the most significant one
/// first), as a UUIDv8. Of a command whose id is a UUIDv7, the first 48 bits are those of its time:
/// such ids come one after the other in an index, and random ones are scattered over it.
class CommandIds {
public:
    CommandIds(std::string_view stream, const Uuid& command) : command_(command) {
        char bytes[16];
        std::copy(command.bytes().begin(), command.bytes().end(), bytes);
        begun_.add({bytes, sizeof bytes}).add(stream);
    }

    /// The id of the event at this index of the decision.
    [[nodiscard]] Uuid at(std::size_t index) const {
        char number[8];
        for (std::size_t i = 0; i < sizeof number; ++i)
            number[i] = static_cast<char>(std::uint64_t{index} >> (56 - 8 * i) & 0xFFU);
        const std::string hex = Sha256(begun_).add({number, sizeof number}).hex();
        Uuid::Bytes bytes{};
        for (std::size_t i = 0; i < bytes.size(); ++i)
            bytes[i] =
                static_cast<std::uint8_t>(hex_digit(hex[2 * i]) << 4 | hex_digit(hex[2 * i + 1]));
        if (command_.version() == 7)
            std::copy_n(command_.bytes().begin(), 6, bytes.begin());
        bytes[6] = static_cast<std::uint8_t>(0x80U | (bytes[6] & 0x0FU)); // version 8
        bytes[8] = static_cast<std::uint8_t>(0x80U | (bytes[8] & 0x3FU)); // variant of RFC 9562
        return Uuid{bytes};
    }

private:
    Uuid command_;
    Sha256 begun_{};
};

/// Refuses the nil id: all commands whose id was forgotten would be one.
inline Result<void> check_command_id(const std::optional<Uuid>& id) {
    if (!id || !id->is_nil())
        return {};
    return Error(errc::invalid, "command_id: expected an id that this command has alone, got the "
                                "nil UUID; take the request's, or one of Environment::new_id()");
}

} // namespace eventsourcing::detail

#endif
