// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_KEYS_HPP
#define EVENTSOURCING_ENGINES_SQLITE_KEYS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite_keys/key_file.hpp>
#include <eventsourcing/engines/sqlite_keys/options.hpp>
#include <eventsourcing/personal/keys.hpp>

#include <memory>
#include <new>
#include <string>
#include <utility>

namespace eventsourcing {

/// Keys in a SQLite file of their own, apart from the store of what they seal and with backups of
/// their own; several processes may use the file at once.
///
/// A new key is on the disk before the first value that it sealed is returned. When `erase` returns
/// without an error, the bytes of the key are overwritten in the file, its log is cut to nothing,
/// and each use of these keys in any process on this machine that begins afterwards finds the key
/// erased.
///
/// A handle: copies share one connection, which is closed with the last of them. All functions may
/// be called from several threads at once. In a forked child they return `errc::closed`.
class SqliteKeys : public Keys {
public:
    using Keys::open; // a sealed value

    /// Opens the file, or makes it if it does not exist, readable for its user only.
    ///
    /// `corrupt` for a file that holds no keys, which is left as it is; `unsupported` for one of a
    /// later version; `unavailable` if other processes keep it locked for the busy timeout.
    [[nodiscard]] static Result<SqliteKeys> open(const std::string& path,
                                                 const SqliteKeysOptions& options = {}) {
        return guarded([&]() -> Result<SqliteKeys> {
            auto file = detail::sqlite_keys::KeyFile::open(path, options);
            if (!file)
                return std::move(file).error();
            return SqliteKeys(*std::move(file));
        });
    }

    /// Copies the keys as they are now into a new file, which is complete and on the disk
    /// afterwards; other calls wait meanwhile. After an error there is none.
    ///
    /// A key that is erased later is still in the copy: what becomes of that is in your hands.
    [[nodiscard]] Result<void> backup(const std::string& path) const {
        return guarded([&] { return file_->backup(path); });
    }

private:
    explicit SqliteKeys(std::shared_ptr<detail::sqlite_keys::KeyFile> file)
        : Keys(file),
          file_(std::move(file)) {}

    template <class F>
    static auto guarded(F&& f) -> decltype(f()) {
        return detail::guarded("using a key file", [&]() -> decltype(f()) {
            EVENTSOURCING_TRY {
                return f();
            }
            EVENTSOURCING_CATCH(const std::bad_alloc&) {
                return Error(errc::unavailable); // without a message, which needs memory
            }
        });
    }

    std::shared_ptr<detail::sqlite_keys::KeyFile> file_;
};

} // namespace eventsourcing

#endif
