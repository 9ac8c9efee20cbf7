"""The backend Django loads for ENGINE "imes.database.backend"."""
